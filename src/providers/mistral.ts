import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const mistral: KnownProvider = {
  id: 'mistral',
  name: 'Mistral AI',
  otherNames: ['mistralai'],
  reach: openaiCompatible('https://api.mistral.ai/v1'),
  keys: [{ variables: ['MISTRAL_API_KEY'] }],
  // Unknown fields are a 422 "extra_forbidden"; usage comes with the last chunk unasked.
  quirks: {
    ...compatibleQuirks,
    noStreamOptions: true,
    nineCharacterCallIds: true,
    refusedFields: 'user seed',
    prefixMark: 'prefix',
  },
  pricedAs: 'mistral',
  firstParty: true,
  local: false,
}
