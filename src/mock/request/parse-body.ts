import type { JsonObject, JsonValue } from '../../core/json.ts'
import { parseJson } from '../../core/json.ts'

/** JSON, or the text fields of a form; undefined for anything else. */
export function parseBody(bytes: Buffer, contentType: string | undefined): JsonValue | undefined {
  if (bytes.length === 0) return undefined
  if (contentType?.startsWith('multipart/form-data') === true) return formFields(bytes)
  return parseJson(bytes.toString('utf8'))
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
