import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const llamacpp: KnownProvider = {
  id: 'llamacpp',
  name: 'llama.cpp',
  otherNames: ['llama.cpp', 'llama-cpp', 'llama-server'],
  reach: openaiCompatible('http://127.0.0.1:8080/v1'),
  keys: [{ variables: ['LLAMACPP_API_KEY'] }],
  addressVariables: [{ variable: 'LLAMACPP_BASE_URL', baseUrl: '{}/v1' }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: true,
}
