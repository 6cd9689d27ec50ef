import { isObject, type JsonObject, type JsonValue, parseJson } from '../../core/json.ts'

/**
 * Gemini's `args` are an object and have no room for what a model wrote that is none (cut off or
 * misquoted JSON, a bare list). `{}` would call the tool without arguments, so the text travels
 * under this name and becomes the tool's input again when the client sends it back.
 */
const UNREADABLE = '_invalid_json'

/** `args` for a tool input in JSON text. */
export function inputToArgs(input: string): JsonObject {
  if (input.trim() === '') return {}
  const parsed = parseJson(input)
  return isObject(parsed) ? parsed : { [UNREADABLE]: input }
}

/** The tool input in JSON text for `args`; missing ones mean a tool without parameters. */
export function argsToInput(args: JsonValue | undefined): string {
  if (args === undefined || args === null) return '{}'
  if (typeof args === 'string') return args
  const unreadable = isObject(args) ? args[UNREADABLE] : undefined
  return typeof unreadable === 'string' ? unreadable : JSON.stringify(args)
}
