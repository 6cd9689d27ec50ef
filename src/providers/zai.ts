import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks } from './openai-compatible.ts'

export const zai: KnownProvider = {
  id: 'zai',
  name: 'Z.ai',
  otherNames: ['z-ai', 'zhipu', 'zhipuai', 'glm'],
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://api.z.ai/api/paas/v4' },
      { dialect: 'anthropic', baseUrl: 'https://api.z.ai/api/anthropic/v1' },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['ZAI_API_KEY'] }, { variables: ['ZHIPU_API_KEY'] }],
  // response_format knows text and json_object only.
  // Reasoning of earlier turns is wanted back, or the model thinks anew at each tool result.
  quirks: { ...compatibleQuirks, noJsonSchema: true, reasoningField: 'reasoning_content' },
  pricedAs: 'zai',
  namedAs: 'zhipuai',
  firstParty: true,
  local: false,
}
