import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const huggingface: KnownProvider = {
  id: 'huggingface',
  name: 'Hugging Face',
  otherNames: ['hf', 'hugging-face'],
  reach: openaiCompatible('https://router.huggingface.co/v1'),
  keys: [{ variables: ['HF_TOKEN'] }, { variables: ['HUGGINGFACE_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: false,
}
