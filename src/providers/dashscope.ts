import type { KnownProvider } from './known-provider.ts'
import { compatibleQuirks } from './openai-compatible.ts'

/** Alibaba Cloud Model Studio, international. Accounts of mainland China set `baseUrl`. */
export const dashscope: KnownProvider = {
  id: 'dashscope',
  name: 'Alibaba DashScope',
  otherNames: ['alibaba', 'qwen', 'model-studio'],
  reach: {
    kind: 'http',
    addresses: [
      { dialect: 'openai', baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1' },
      {
        dialect: 'openai-responses',
        baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
      },
    ],
    auth: { kind: 'bearer' },
    headers: {},
  },
  keys: [{ variables: ['DASHSCOPE_API_KEY'] }],
  quirks: { ...compatibleQuirks, prefixMark: 'partial' },
  pricedAs: null,
  firstParty: false,
  local: false,
}
