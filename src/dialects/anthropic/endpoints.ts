import type { Endpoint } from '../../core/request.ts'

export const messagesEndpoint: Endpoint = {
  dialect: 'anthropic',
  operation: 'chat',
  path: '/messages',
  streams: null,
}

const countTokensEndpoint: Endpoint = {
  dialect: 'anthropic',
  operation: 'count-tokens',
  path: '/messages/count_tokens',
  streams: null,
}

export const endpoints: readonly Endpoint[] = [messagesEndpoint, countTokensEndpoint]
