import { stringAt } from '../../core/json.ts'
import type { Members, RequestFacts } from '../dialect.ts'

/**
 * What the gateway must know of a Messages request that passes through. Wrong types read as null.
 */
export function requestFacts(members: Members): RequestFacts {
  const model = members.get('model')
  const maxTokens = members.get('max_tokens')
  return {
    model: typeof model === 'string' ? model : null,
    stream: members.get('stream') === true,
    user: members.has('metadata') ? stringAt(members.get('metadata'), 'user_id') : null,
    maxOutputTokens: typeof maxTokens === 'number' && maxTokens >= 0 ? maxTokens : null,
    includeUsage: false,
  }
}
