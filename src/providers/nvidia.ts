import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const nvidia: KnownProvider = {
  id: 'nvidia',
  name: 'NVIDIA NIM',
  otherNames: ['nim', 'nvidia-nim'],
  reach: openaiCompatible('https://integrate.api.nvidia.com/v1'),
  keys: [{ variables: ['NVIDIA_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: false,
}
