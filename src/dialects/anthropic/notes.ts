import { type Failure, failure } from '../../core/failure.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/**
 * What is noted while one request is read or built: the first mistake is its outcome, the warnings
 * tell what was left out. Readers go on after a mistake with an empty value, so that none of them
 * has to pass failures up.
 */
export interface Notes {
  readonly warnings: string[]
  failure: Failure | null
}

export function startNotes(): Notes {
  return { warnings: [], failure: null }
}

/** Notes a thing that is left out; the same sentence once only. */
export function warn(notes: Notes, sentence: string): void {
  if (!notes.warnings.includes(sentence)) notes.warnings.push(sentence)
}

/**
 * Notes a mistake in the request at `path` (`messages.0.content`). Another target may serve it all
 * the same: one that speaks the client's dialect gets the request as it is.
 */
export function refuse(notes: Notes, path: string, message: string): void {
  const details = { param: path, retry: 'other' } as const
  notes.failure ??= failure('invalid_request', `${path} ${message}`, details)
}

/** Notes a thing that only Anthropic has. */
export function refuseElsewhere(notes: Notes, path: string, what: string): void {
  const reason = `holds ${what}, which cannot be carried to a provider of another dialect.`
  const advice = 'Leave it out, or ask for a model at a provider that speaks the Anthropic dialect.'
  refuse(notes, path, `${reason} ${advice}`)
}

export function requiredString(notes: Notes, owner: JsonObject, key: string, path: string): string {
  const value = owner[key]
  if (typeof value === 'string') return value
  refuse(notes, joined(path, key), value === undefined ? 'is required.' : 'must be a string.')
  return ''
}

export function optionalString(
  notes: Notes,
  owner: JsonObject,
  key: string,
  path: string,
): string | null {
  const value = owner[key] ?? null
  if (value === null || typeof value === 'string') return value
  refuse(notes, joined(path, key), 'must be a string.')
  return null
}

export function optionalNumber(
  notes: Notes,
  owner: JsonObject,
  key: string,
  path: string,
): number | null {
  const value = owner[key] ?? null
  if (value === null || typeof value === 'number') return value
  refuse(notes, joined(path, key), 'must be a number.')
  return null
}

export function optionalBoolean(
  notes: Notes,
  owner: JsonObject,
  key: string,
  path: string,
): boolean | null {
  const value = owner[key] ?? null
  if (value === null || typeof value === 'boolean') return value
  refuse(notes, joined(path, key), 'must be true or false.')
  return null
}

export function optionalObject(
  notes: Notes,
  owner: JsonObject,
  key: string,
  path: string,
): JsonObject | null {
  const value = owner[key] ?? null
  if (value === null || isObject(value)) return value
  refuse(notes, joined(path, key), 'must be an object.')
  return null
}

export function requiredObject(
  notes: Notes,
  owner: JsonObject,
  key: string,
  path: string,
): JsonObject {
  const value = optionalObject(notes, owner, key, path)
  if (value === null) refuse(notes, joined(path, key), 'is required.')
  return value ?? {}
}

/** The objects of a list, each with its path; anything else in it is a mistake. */
export function objectsOf(
  notes: Notes,
  list: JsonValue | undefined,
  path: string,
): { readonly item: JsonObject; readonly path: string }[] {
  if (!Array.isArray(list)) {
    refuse(notes, path, list === undefined ? 'is required.' : 'must be a list.')
    return []
  }
  return list.flatMap((item, index) => {
    const itemPath = `${path}.${index}`
    if (isObject(item)) return [{ item, path: itemPath }]
    refuse(notes, itemPath, 'must be an object.')
    return []
  })
}

export function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
