import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const fireworks: KnownProvider = {
  id: 'fireworks',
  name: 'Fireworks AI',
  otherNames: ['fireworks-ai', 'fireworksai'],
  reach: openaiCompatible('https://api.fireworks.ai/inference/v1'),
  keys: [{ variables: ['FIREWORKS_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: 'fireworks',
  firstParty: false,
  local: false,
}
