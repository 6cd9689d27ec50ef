import type { KnownProvider } from './known-provider.ts'

export const openai: KnownProvider = {
  id: 'openai',
  name: 'OpenAI',
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://api.openai.com/v1' },
      { dialect: 'openai-responses', baseUrl: 'https://api.openai.com/v1' },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['OPENAI_API_KEY'] }],
  addressVariables: [{ variable: 'OPENAI_BASE_URL', baseUrl: '{}' }],
  quirks: { maxTokensField: 'max_completion_tokens' },
  pricedAs: 'openai',
  firstParty: true,
  local: false,
}
