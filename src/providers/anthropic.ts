import type { KnownProvider } from './known-provider.ts'

export const anthropic: KnownProvider = {
  id: 'anthropic',
  name: 'Anthropic',
  otherNames: ['claude'],
  reach: {
    kind: 'http',
    addresses: [{ dialect: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' }],
    auth: { kind: 'header', name: 'x-api-key' },
    headers: { 'anthropic-version': '2023-06-01' },
  },
  keys: [
    { variables: ['ANTHROPIC_API_KEY'] },
    { variables: ['ANTHROPIC_AUTH_TOKEN'], auth: { kind: 'bearer' } },
  ],
  // The official SDKs append the version to this variable.
  addressVariables: [{ variable: 'ANTHROPIC_BASE_URL', baseUrl: '{}/v1' }],
  quirks: {},
  pricedAs: 'anthropic',
  firstParty: true,
  local: false,
}
