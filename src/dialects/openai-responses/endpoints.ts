import type { Endpoint } from '../../core/request.ts'

export const chatEndpoint: Endpoint = {
  dialect: 'openai-responses',
  operation: 'chat',
  path: '/responses',
  streams: null,
}

export const endpoints: readonly Endpoint[] = [
  chatEndpoint,
  {
    dialect: 'openai-responses',
    operation: 'count-tokens',
    path: '/responses/input_tokens',
    streams: null,
  },
]
