import type { FilePart, TextPart, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CallBook } from './call-book.ts'
import { parseMedia } from './parse-media.ts'
import {
  type Reading,
  readObject,
  readObjects,
  readText,
  refuse,
  refuseHere,
  warn,
} from './reading.ts'
import { responseToText } from './tool-response.ts'

export interface UserParts {
  readonly results: readonly ToolResultPart[]
  readonly content: readonly (TextPart | FilePart)[]
}

/** A user's (or function's) turn: results of functions, and what the user says beside them. */
export function parseUserParts(
  parts: readonly JsonObject[],
  path: string,
  calls: CallBook,
  reading: Reading,
): UserParts {
  const results: ToolResultPart[] = []
  const content: (TextPart | FilePart)[] = []
  for (const [index, part] of parts.entries()) {
    const at = `${path}.parts[${index}]`
    const response = readObject(reading, part, 'functionResponse', `${at}.functionResponse`)
    if (response !== null) {
      const result = parseResult(response, `${at}.functionResponse`, calls, reading)
      if (result !== null) results.push(result)
      continue
    }
    const media = parseMedia(part, at, reading)
    if (media !== null) {
      content.push(media)
      continue
    }
    const text = readText(reading, part, 'text', `${at}.text`)
    if (text) content.push({ type: 'text', text })
    else if (text === null) refuseUnknown(part, at, reading)
  }
  return { results, content }
}

function parseResult(
  response: JsonObject,
  at: string,
  calls: CallBook,
  reading: Reading,
): ToolResultPart | null {
  const name = readText(reading, response, 'name', `${at}.name`) ?? ''
  const callId = calls.answer(readText(reading, response, 'id', `${at}.id`) || null, name)
  if (callId === null) {
    refuse(reading, at, `${at} answers no functionCall that stands before it.`)
    return null
  }
  const files = readObjects(reading, response, 'parts', `${at}.parts`).flatMap(
    (part, index) => parseMedia(part, `${at}.parts[${index}]`, reading) ?? [],
  )
  const body = readObject(reading, response, 'response', `${at}.response`) ?? {}
  const { text, isError } = responseToText(body)
  const filesOnly = files.length > 0 && Object.keys(body).length === 0
  const content = filesOnly ? files : [{ type: 'text' as const, text }, ...files]
  return { type: 'tool-result', callId, name, content, isError }
}

function refuseUnknown(part: JsonObject, at: string, reading: Reading): void {
  const [name] = Object.keys(part)
  if (name === 'executableCode' || name === 'codeExecutionResult') {
    warn(reading, `${name} parts only mean something to Gemini and are left out of the history.`)
    return
  }
  if (name === undefined) {
    refuse(reading, at, `${at} is empty: give it text, inlineData, fileData or functionResponse.`)
  } else {
    refuseHere(reading, at, `${at} has ${name}, which cannot be translated for this provider.`)
  }
}
