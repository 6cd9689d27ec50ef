import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

/** Through its compatibility API, which refuses `stream_options`. */
export const cohere: KnownProvider = {
  id: 'cohere',
  name: 'Cohere',
  reach: openaiCompatible('https://api.cohere.ai/compatibility/v1'),
  keys: [{ variables: ['COHERE_API_KEY'] }, { variables: ['CO_API_KEY'] }],
  quirks: { ...compatibleQuirks, noStreamOptions: true },
  pricedAs: 'cohere',
  firstParty: true,
  local: false,
}
