import { booleanAt } from '../../core/json.ts'
import type { Members, RequestFacts } from '../dialect.ts'

/** Reads what the gateway must know of any request of this dialect. Wrong types read as null. */
export function requestFacts(members: Members): RequestFacts {
  return {
    model: text(members, 'model'),
    stream: members.get('stream') === true,
    user: text(members, 'user') ?? text(members, 'safety_identifier'),
    maxOutputTokens: count(members, 'max_completion_tokens') ?? count(members, 'max_tokens'),
    includeUsage: booleanAt(members.get('stream_options'), 'include_usage') === true,
  }
}

function text(members: Members, name: string): string | null {
  const value = members.get(name)
  return typeof value === 'string' && value !== '' ? value : null
}

function count(members: Members, name: string): number | null {
  const value = members.get(name)
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null
}
