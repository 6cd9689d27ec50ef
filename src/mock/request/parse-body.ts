import type { JsonObject, JsonValue } from '../../core/json.ts'
import { parseJson } from '../../core/json.ts'

/** JSON, or the text fields of a form; undefined for anything else, also for JSON of absurd depth. */
export function parseBody(bytes: Buffer, contentType: string | undefined): JsonValue | undefined {
  if (bytes.length === 0) return undefined
  if (contentType?.startsWith('multipart/form-data') === true) return formFields(bytes)
  return isTooDeep(bytes) ? undefined : parseJson(bytes.toString('utf8'))
}

/** Parsing takes more, but writing such a value again overflows the stack. */
const DEEPEST = 1000
const QUOTE = 0x22
const BACKSLASH = 0x5c

function isTooDeep(bytes: Buffer): boolean {
  if (bytes.length < 2 * DEEPEST) return false
  let depth = 0
  let inString = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === QUOTE) inString = !inString
    else if (inString) index += byte === BACKSLASH ? 1 : 0
    else if (byte === 0x5b || byte === 0x7b) depth++
    else if (byte === 0x5d || byte === 0x7d) depth--
    if (depth > DEEPEST) return true
  }
  return false
}

const field = /name="([^"]+)"\r\n(?:content-type: text[^\r]*\r\n)?\r\n([^\r]*)\r\n--/gi

/** Fields with a value of one line; files are left out. */
function formFields(bytes: Buffer): JsonObject {
  const found: JsonObject = {}
  for (const [, name, value] of bytes.toString('latin1').matchAll(field)) {
    if (name !== undefined && value !== undefined) found[name] = value
  }
  return found
}
