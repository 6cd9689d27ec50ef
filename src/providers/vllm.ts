import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const vllm: KnownProvider = {
  id: 'vllm',
  name: 'vLLM',
  reach: openaiCompatible('http://127.0.0.1:8000/v1'),
  keys: [{ variables: ['VLLM_API_KEY'] }],
  addressVariables: [{ variable: 'VLLM_BASE_URL', baseUrl: '{}/v1' }],
  quirks: { ...compatibleQuirks, prefixMark: 'continue_final_message' },
  pricedAs: null,
  firstParty: false,
  local: true,
}
