import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const sambanova: KnownProvider = {
  id: 'sambanova',
  name: 'SambaNova',
  reach: openaiCompatible('https://api.sambanova.ai/v1'),
  keys: [{ variables: ['SAMBANOVA_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: false,
}
