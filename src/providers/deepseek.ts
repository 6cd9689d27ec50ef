import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks } from './openai-compatible.ts'

export const deepseek: KnownProvider = {
  id: 'deepseek',
  name: 'DeepSeek',
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://api.deepseek.com' },
      { dialect: 'openai-responses', baseUrl: 'https://api.deepseek.com' },
      { dialect: 'anthropic', baseUrl: 'https://api.deepseek.com/anthropic/v1' },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['DEEPSEEK_API_KEY'] }],
  // Chat Completions answers json_schema with "This response_format type is unavailable now".
  // In thinking mode, turns that called tools are refused without their reasoning.
  quirks: { ...compatibleQuirks, noJsonSchema: true, reasoningField: 'reasoning_content' },
  pricedAs: 'deepseek',
  firstParty: true,
  local: false,
}
