import { type Failure, failure } from '../../core/failure.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** What translating a request brings to light: what is left out, and what first stops it. */
export interface Findings {
  readonly warnings: string[]
  failure: Failure | null
}

export const noFindings = (): Findings => ({ warnings: [], failure: null })

/** Wrong in itself: no target can serve it. `path` names the field, `input[2].content`. */
export function reject(findings: Findings, path: string, message: string): void {
  findings.failure ??= failure('invalid_request', message, { param: path })
}

/** Right, but it cannot be carried into or out of this dialect: another target may serve it. */
export function refuse(findings: Findings, path: string, message: string): void {
  findings.failure ??= failure('invalid_request', message, { param: path, retry: 'other' })
}

/** Says a thing once, however many messages it concerns. */
export function warn(findings: Findings, sentence: string): void {
  if (!findings.warnings.includes(sentence)) findings.warnings.push(sentence)
}

export function wrongType(
  findings: Findings,
  path: string,
  expected: string,
  value: JsonValue | undefined,
): void {
  const problem = value === undefined ? 'is missing' : `is ${nameOf(value)}`
  reject(findings, path, `"${path}" ${problem}; it must be ${expected}.`)
}

export function optionalString(findings: Findings, value: JsonValue | undefined, path: string) {
  if (value === undefined || value === null || typeof value === 'string') return value ?? null
  wrongType(findings, path, 'a string', value)
  return null
}

export function requiredString(
  findings: Findings,
  source: JsonObject,
  key: string,
  path: string,
): string {
  const value = source[key]
  if (typeof value === 'string') return value
  wrongType(findings, `${path}.${key}`, 'a string', value)
  return ''
}

export function optionalNumber(findings: Findings, value: JsonValue | undefined, path: string) {
  if (value === undefined || value === null || typeof value === 'number') return value ?? null
  wrongType(findings, path, 'a number', value)
  return null
}

export function optionalBoolean(findings: Findings, value: JsonValue | undefined, path: string) {
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? null
  wrongType(findings, path, 'true or false', value)
  return null
}

function nameOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
