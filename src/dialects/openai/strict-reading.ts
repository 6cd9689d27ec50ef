import { type Failure, failure } from '../../core/failure.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'

/**
 * * A client's request as it is read strictly: the first thing wrong with it, and what is left out.
 * Every reader returns a harmless value where it finds a wrong one, so that reading goes on without
 * a branch after every field; the problem decides in the end. A field that is null counts as
 * absent.
 */
export class StrictReading {
  problem: Failure | null = null
  readonly #warnings = new Set<string>()

  get warnings(): string[] {
    return [...this.#warnings]
  }

  /** The request is wrong at `param`, whoever gets it. */
  wrong(param: string, message: string): void {
    this.problem ??= failure('invalid_request', message, { param })
  }

  /** The request is right, but only a target of its own dialect can do this. */
  untranslatable(param: string, message: string): void {
    this.problem ??= failure('invalid_request', message, { param, retry: 'other' })
  }

  /** One whole sentence about something that was left out; the same sentence counts once. */
  leftOut(sentence: string): void {
    this.#warnings.add(sentence)
  }

  text(holder: JsonObject, key: string, path: string): string | null {
    const value = holder[key]
    if (typeof value === 'string') return value
    return this.#absent(value, path, 'a string')
  }

  /** A string that must be there. */
  name(holder: JsonObject, key: string, path: string): string {
    const value = holder[key]
    if (typeof value === 'string' && value !== '') return value
    this.wrong(path, `\`${path}\` must be a non-empty string.`)
    return ''
  }

  number(holder: JsonObject, key: string, path: string): number | null {
    const value = holder[key]
    if (typeof value === 'number') return value
    return this.#absent(value, path, 'a number')
  }

  positiveInteger(holder: JsonObject, key: string, path: string): number | null {
    const value = holder[key]
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
    return this.#absent(value, path, 'a positive integer')
  }

  boolean(holder: JsonObject, key: string, path: string): boolean | null {
    const value = holder[key]
    if (typeof value === 'boolean') return value
    return this.#absent(value, path, 'true or false')
  }

  object(holder: JsonObject, key: string, path: string): JsonObject | null {
    const value = holder[key]
    if (isObject(value)) return value
    return this.#absent(value, path, 'an object')
  }

  list(holder: JsonObject, key: string, path: string): JsonValue[] {
    const value = holder[key]
    if (Array.isArray(value)) return value
    this.#absent(value, path, 'an array')
    return []
  }

  /** The entries of a list that must all be objects, each with its path. */
  objects(holder: JsonObject, key: string, path: string): [JsonObject, string][] {
    const found: [JsonObject, string][] = []
    this.list(holder, key, path).forEach((entry, index) => {
      if (isObject(entry)) found.push([entry, `${path}[${index}]`])
      else this.wrong(`${path}[${index}]`, `\`${path}[${index}]\` must be an object.`)
    })
    return found
  }

  #absent(value: JsonValue | undefined, path: string, wanted: string): null {
    if (value !== undefined && value !== null) this.wrong(path, `\`${path}\` must be ${wanted}.`)
    return null
  }
}
