import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const cerebras: KnownProvider = {
  id: 'cerebras',
  name: 'Cerebras',
  reach: openaiCompatible('https://api.cerebras.ai/v1'),
  keys: [{ variables: ['CEREBRAS_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: 'cerebras',
  firstParty: false,
  local: false,
}
