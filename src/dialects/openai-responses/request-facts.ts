import { type JsonValue, stringAt } from '../../core/json.ts'
import type { Members, RequestFacts } from '../dialect.ts'

/** What the gateway needs of any Responses request; wrong types read as null. */
export function requestFacts(members: Members): RequestFacts {
  const limit = members.get('max_output_tokens')
  return {
    model: text(members.get('model')),
    stream: members.get('stream') === true,
    user:
      text(members.get('safety_identifier')) ??
      text(members.get('user')) ??
      stringAt(members.get('metadata'), 'user_id'),
    maxOutputTokens: typeof limit === 'number' && Number.isFinite(limit) ? limit : null,
    // A Responses stream always carries usage; nobody has to ask.
    includeUsage: true,
  }
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
