import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const nebius: KnownProvider = {
  id: 'nebius',
  name: 'Nebius Token Factory',
  otherNames: ['nebius-ai-studio'],
  reach: openaiCompatible('https://api.tokenfactory.nebius.com/v1'),
  keys: [{ variables: ['NEBIUS_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: null,
  firstParty: false,
  local: false,
}
