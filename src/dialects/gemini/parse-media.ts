import type { FilePart, FileSource } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { standardBase64 } from './base64.ts'
import { type Reading, readObject, readText, refuse, warn } from './reading.ts'

/** The file of a part with `inlineData` or `fileData`; null where it has neither. */
export function parseMedia(part: JsonObject, path: string, reading: Reading): FilePart | null {
  const inline = readObject(reading, part, 'inlineData', `${path}.inlineData`)
  const stored = readObject(reading, part, 'fileData', `${path}.fileData`)
  const from = inline ?? stored
  if (from === null) return null
  const at = `${path}.${inline === null ? 'fileData' : 'inlineData'}`
  const mediaType = readText(reading, from, 'mimeType', `${at}.mimeType`)
  const filename = readText(reading, from, 'displayName', `${at}.displayName`)
  const source = inline === null ? parseUri(from, at, reading) : parseBytes(from, at, reading)
  if (source === null) return null
  if (mediaType === null && inline !== null) {
    refuse(reading, `${at}.mimeType`, `${at}.mimeType is missing: say what kind of data it is.`)
  }
  if (readObject(reading, part, 'videoMetadata', `${path}.videoMetadata`) !== null) {
    warn(reading, 'videoMetadata has no counterpart at this provider and is left out.')
  }
  return { type: 'file', mediaType: mediaType ?? '*/*', source, filename }
}

function parseBytes(from: JsonObject, at: string, reading: Reading): FileSource | null {
  const data = readText(reading, from, 'data', `${at}.data`)
  if (data === null) {
    refuse(reading, `${at}.data`, `${at}.data is missing: give the bytes in base64.`)
    return null
  }
  return { kind: 'base64', data: standardBase64(data) }
}

/** Files uploaded to Google are only names to everyone else. */
const uploaded = /^gs:|^https:\/\/generativelanguage\.googleapis\.com\//

function parseUri(from: JsonObject, at: string, reading: Reading): FileSource | null {
  const uri = readText(reading, from, 'fileUri', `${at}.fileUri`)
  if (uri === null) {
    refuse(reading, `${at}.fileUri`, `${at}.fileUri is missing: give the address of the file.`)
    return null
  }
  return uploaded.test(uri) ? { kind: 'id', id: uri, dialect: 'gemini' } : { kind: 'url', url: uri }
}
