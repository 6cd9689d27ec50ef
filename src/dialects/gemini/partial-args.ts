import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { field, listField, numberField, textField } from './fields.ts'

/** Arguments of a function call that arrive piece by piece (`partialArgs`), each at a JSON path. */
export interface PartialArgs {
  readonly args: JsonObject
  /** The path whose text goes on in the next piece. */
  unfinished: string | null
}

export function startPartialArgs(args: JsonObject | null): PartialArgs {
  return { args: Object.assign(emptyObject(), args ?? {}), unfinished: null }
}

/**
 * Takes the pieces of one `functionCall` part. A piece at a path that makes no sense is left out.
 */
export function addPartialArgs(partial: PartialArgs, call: JsonObject): void {
  for (const piece of listField(call, 'partialArgs')) {
    const path = textField(piece, 'jsonPath')
    const value = pieceValue(piece)
    if (path === null || value === undefined) continue
    put(partial.args, stepsOf(path), value, partial.unfinished === path)
    partial.unfinished = field(piece, 'willContinue') === true ? path : null
  }
}

function pieceValue(piece: JsonValue): JsonValue | undefined {
  const bool = field(piece, 'boolValue')
  if (typeof bool === 'boolean') return bool
  const value = textField(piece, 'stringValue') ?? numberField(piece, 'numberValue')
  if (value !== null) return value
  return isObject(piece) && ('nullValue' in piece || 'null_value' in piece) ? null : undefined
}

/** `$.operations[0].action`, `$['odd key']`. */
function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = []
  const grammar = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/g
  for (const [, name, index, single, double] of path.matchAll(grammar)) {
    if (index !== undefined) steps.push(Number(index))
    else steps.push(name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'))
  }
  return steps
}

/** No prototype: a path may name `__proto__`. */
function emptyObject(): JsonObject {
  return Object.create(null)
}

function put(
  root: JsonObject,
  steps: readonly (string | number)[],
  value: JsonValue,
  append: boolean,
): void {
  let at: JsonValue = root
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1]
    const known: JsonValue | undefined = member(at, step)
    if (next === undefined) {
      const joined = append && typeof known === 'string' && typeof value === 'string'
      setMember(at, step, joined ? known + value : value)
      return
    }
    const fits = typeof next === 'number' ? Array.isArray(known) : isObject(known)
    const inner: JsonValue = fits && known !== undefined ? known : freshFor(next)
    if (inner !== known) setMember(at, step, inner)
    at = inner
  }
}

function freshFor(step: string | number): JsonValue {
  return typeof step === 'number' ? [] : emptyObject()
}

function member(value: JsonValue, step: string | number): JsonValue | undefined {
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined
  return isObject(value) ? value[step] : undefined
}

/** Lists grow by one at most: an index far beyond the end would fill the memory with holes. */
function setMember(value: JsonValue, step: string | number, inner: JsonValue): void {
  if (Array.isArray(value)) {
    if (typeof step === 'number' && step <= value.length) value[step] = inner
  } else if (isObject(value)) {
    value[step] = inner
  }
}
