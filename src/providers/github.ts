import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const github: KnownProvider = {
  id: 'github',
  name: 'GitHub Models',
  otherNames: ['github-models'],
  reach: openaiCompatible('https://models.github.ai/inference'),
  keys: [{ variables: ['GITHUB_TOKEN'], generalPurpose: true }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: false,
}
