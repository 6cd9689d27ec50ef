import type { KnownProvider } from './known-provider.ts'

export const vertex: KnownProvider = {
  id: 'vertex',
  name: 'Google Vertex AI',
  otherNames: ['google-vertex', 'vertexai', 'vertex-ai'],
  reach: { kind: 'sdk', sdk: '@ai-sdk/google-vertex' },
  keys: [{ variables: ['GOOGLE_VERTEX_PROJECT', 'GOOGLE_VERTEX_LOCATION'] }],
  quirks: {},
  pricedAs: 'google',
  firstParty: false,
  local: false,
}
