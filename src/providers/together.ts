import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const together: KnownProvider = {
  id: 'together',
  name: 'Together AI',
  otherNames: ['togetherai', 'together-ai'],
  reach: openaiCompatible('https://api.together.xyz/v1'),
  keys: [{ variables: ['TOGETHER_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: 'together',
  firstParty: false,
  local: false,
}
