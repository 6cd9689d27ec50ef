import type { KnownProvider } from './known-provider.ts'

/**
 * The v1 API of Azure OpenAI, which is generally available and needs no `api-version`; a preview is
 * asked for with `baseUrl: …/openai/v1?api-version=preview`. Models are the names of deployments.
 */
export const azure: KnownProvider = {
  id: 'azure',
  name: 'Azure OpenAI',
  otherNames: ['azure-openai', 'azureopenai'],
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: null },
      { dialect: 'openai-responses', baseUrl: null },
    ],
    auth: { kind: 'header', name: 'api-key' },
    headers: {},
  },
  keys: [{ variables: ['AZURE_API_KEY'] }, { variables: ['AZURE_OPENAI_API_KEY'] }],
  addressVariables: [
    { variable: 'AZURE_RESOURCE_NAME', baseUrl: 'https://{}.openai.azure.com/openai/v1' },
    { variable: 'AZURE_OPENAI_ENDPOINT', baseUrl: '{}/openai/v1' },
  ],
  quirks: { maxTokensField: 'max_completion_tokens' },
  pricedAs: 'azure',
  firstParty: false,
  local: false,
}
