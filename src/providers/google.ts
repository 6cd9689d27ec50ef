import type { KnownProvider } from './known-provider.ts'

/**
 * The Gemini API. Its OpenAI-compatible address takes the same header, so one way of sending keys
 * does.
 */
export const google: KnownProvider = {
  id: 'google',
  name: 'Google Gemini',
  otherNames: ['gemini', 'google-ai-studio', 'google-generative-ai'],
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com/v1beta' },
      { dialect: 'openai', baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai' },
    ],
    auth: { kind: 'header', name: 'x-goog-api-key' },
    headers: {},
  },
  keys: [
    { variables: ['GEMINI_API_KEY'] },
    { variables: ['GOOGLE_API_KEY'] },
    { variables: ['GOOGLE_GENERATIVE_AI_API_KEY'] },
  ],
  // The official SDK appends the version to this variable.
  addressVariables: [{ variable: 'GOOGLE_GEMINI_BASE_URL', baseUrl: '{}/v1beta' }],
  quirks: { maxTokensField: 'max_tokens' },
  pricedAs: 'google',
  firstParty: true,
  local: false,
}
