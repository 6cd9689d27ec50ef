import type { Members, RequestFacts } from '../dialect.ts'
import { numberField } from './fields.ts'

/** Model and streaming stand in the path; no field of the body names an end user. */
export function requestFacts(members: Members): RequestFacts {
  const config = members.get('generationConfig') ?? members.get('generation_config')
  return {
    model: null,
    stream: false,
    user: null,
    maxOutputTokens: numberField(config, 'maxOutputTokens'),
    includeUsage: true,
  }
}
