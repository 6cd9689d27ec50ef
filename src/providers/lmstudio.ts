import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const lmstudio: KnownProvider = {
  id: 'lmstudio',
  name: 'LM Studio',
  otherNames: ['lm-studio'],
  reach: openaiCompatible('http://127.0.0.1:1234/v1'),
  keys: [{ variables: ['LMSTUDIO_API_KEY'] }],
  addressVariables: [{ variable: 'LMSTUDIO_BASE_URL', baseUrl: '{}/v1' }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: true,
}
