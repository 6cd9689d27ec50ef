import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks, openaiCompatible } from './openai-compatible.ts'

export const perplexity: KnownProvider = {
  id: 'perplexity',
  name: 'Perplexity',
  otherNames: ['pplx', 'sonar'],
  reach: openaiCompatible('https://api.perplexity.ai'),
  keys: [{ variables: ['PERPLEXITY_API_KEY'] }, { variables: ['PPLX_API_KEY'] }],
  quirks: compatibleQuirks,
  pricedAs: 'perplexity',
  firstParty: true,
  local: false,
}
