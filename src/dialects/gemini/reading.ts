import { type Failure, failure } from '../../core/failure.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { field } from './fields.ts'

/** What was found while reading a client's request. The first problem decides; warnings add up. */
export interface Reading {
  problem: Failure | null
  readonly warnings: string[]
}

export function startReading(): Reading {
  return { problem: null, warnings: [] }
}

/** Notes that the request cannot be served as asked; `path` names the field for the client. */
export function refuse(reading: Reading, path: string, message: string): void {
  reading.problem ??= failure('invalid_request', message, { param: path })
}

export function warn(reading: Reading, message: string): void {
  if (!reading.warnings.includes(message)) reading.warnings.push(message)
}

function wrongType(reading: Reading, path: string, wanted: string): null {
  refuse(reading, path, `${path} must be ${wanted}.`)
  return null
}

/**
 * The same for what is right in itself but only Google can do: a Gemini target may still serve it.
 */
export function refuseHere(reading: Reading, path: string, message: string): void {
  reading.problem ??= failure('invalid_request', message, { param: path, retry: 'other' })
}

/**
 * Each of these reads an optional field: null where it is absent, or of a wrong type (and refused).
 */
export function readText(reading: Reading, from: JsonValue, name: string, path: string) {
  const value = field(from, name)
  if (value === undefined || typeof value === 'string') return value ?? null
  return wrongType(reading, path, 'a string')
}

export function readNumber(reading: Reading, from: JsonValue, name: string, path: string) {
  const value = field(from, name)
  if (value === undefined || typeof value === 'number') return value ?? null
  return wrongType(reading, path, 'a number')
}

export function readInteger(reading: Reading, from: JsonValue, name: string, path: string) {
  const value = readNumber(reading, from, name, path)
  return value === null || Number.isInteger(value) ? value : wrongType(reading, path, 'an integer')
}

export function readFlag(reading: Reading, from: JsonValue, name: string, path: string) {
  const value = field(from, name)
  if (value === undefined || typeof value === 'boolean') return value ?? null
  return wrongType(reading, path, 'true or false')
}

export function readObject(
  reading: Reading,
  from: JsonValue,
  name: string,
  path: string,
): JsonObject | null {
  const value = field(from, name)
  if (value === undefined || isObject(value)) return value ?? null
  return wrongType(reading, path, 'an object')
}

/** A single object counts as a list of one, as it does for Google. */
export function readObjects(
  reading: Reading,
  from: JsonValue,
  name: string,
  path: string,
): JsonObject[] {
  const value = field(from, name)
  if (value === undefined) return []
  const list = Array.isArray(value) ? value : [value]
  return list.filter((item, index): item is JsonObject => {
    if (isObject(item)) return true
    refuse(reading, `${path}[${index}]`, `${path}[${index}] must be an object.`)
    return false
  })
}

export function readTexts(reading: Reading, from: JsonValue, name: string, path: string): string[] {
  const value = field(from, name)
  if (value === undefined) return []
  if (!Array.isArray(value)) return wrongType(reading, path, 'a list of strings') ?? []
  return value.filter((item): item is string => {
    if (typeof item === 'string') return true
    refuse(reading, path, `${path} must be a list of strings.`)
    return false
  })
}

/** Warns of every field of `from` that is not in `known`: it would have no effect elsewhere. */
export function warnOfOthers(
  reading: Reading,
  from: JsonObject,
  known: ReadonlySet<string>,
  path: string,
): void {
  for (const [name, value] of Object.entries(from)) {
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    if (value === null || value === undefined || known.has(camel)) continue
    warn(reading, `${path}${camel} has no counterpart at this provider and is left out.`)
  }
}
