import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

/** On this machine, or in Ollama's cloud when only its key is set. */
export const ollama: KnownProvider = {
  id: 'ollama',
  name: 'Ollama',
  reach: openaiCompatible('http://127.0.0.1:11434/v1'),
  keys: [{ variables: ['OLLAMA_API_KEY'], baseUrl: 'https://ollama.com/v1' }],
  addressVariables: [{ variable: 'OLLAMA_HOST', baseUrl: '{}/v1' }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: true,
}
