import { type JsonValue, stringAt } from '../core/json.ts'
import { readDataUrl } from './data-url.ts'

/** The type a data URL begins with stands in its first bytes; the rest may be megabytes. */
const headLength = 200

/** Media type of an OpenAI file: a PDF, unless its data or its name say otherwise. */
export function typeOfFile(file: JsonValue | undefined): string {
  const data = readDataUrl((stringAt(file, 'file_data') ?? '').slice(0, headLength))
  if (data !== null) return data.mediaType
  const name = stringAt(file, 'filename') ?? ''
  if (/\.(?:png|jpe?g|gif|webp)$/i.test(name)) return 'image/*'
  return /\.(?!pdf$)[a-z\d]{1,5}$/i.test(name) ? 'text/plain' : 'application/pdf'
}
