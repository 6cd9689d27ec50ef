import type { AssistantPart, Message, TextPart } from '../../core/conversation.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { type CallBook, createCallBook } from './call-book.ts'
import { field, listField, objectField, textField } from './fields.ts'
import { addModelParts } from './parse-model-parts.ts'
import { parseUserParts } from './parse-user-parts.ts'
import { type Reading, readObjects, readText, refuse } from './reading.ts'

/** `systemInstruction` and `contents` as messages. */
export function parseContents(body: JsonObject, reading: Reading): Message[] {
  const contents = readObjects(reading, body, 'contents', 'contents')
  if (contents.length === 0) {
    refuse(reading, 'contents', 'contents is missing: give at least one message with parts.')
  }
  const calls = createCallBook(givenCallIds(contents))
  const messages = parseSystem(body, reading)
  let said: AssistantPart[] | null = null
  for (const [index, content] of contents.entries()) {
    const path = `contents[${index}]`
    const parts = readObjects(reading, content, 'parts', `${path}.parts`)
    if (readText(reading, content, 'role', `${path}.role`) !== 'model') {
      said = null
      messages.push(...parseUser(content, parts, path, calls, reading))
      continue
    }
    // @google/genai keeps each chunk of a streamed turn as a content of its own.
    if (said === null) {
      said = []
      messages.push({ role: 'assistant', content: said })
    }
    addModelParts(said, parts, path, calls, reading)
  }
  return messages.filter(({ content }) => content.length > 0)
}

function parseUser(
  content: JsonObject,
  parts: readonly JsonObject[],
  path: string,
  calls: CallBook,
  reading: Reading,
): Message[] {
  const role = field(content, 'role') ?? 'user'
  if (role !== 'user' && role !== 'function' && role !== '') {
    const right = 'use "user" or "model", and systemInstruction for rules'
    refuse(reading, `${path}.role`, `${path}.role is "${String(role)}": ${right}.`)
    return []
  }
  const { results, content: said } = parseUserParts(parts, path, calls, reading)
  // Results first: the other dialects want them right behind the calls they answer.
  return [
    { role: 'tool', content: results },
    { role: 'user', content: said },
  ]
}

/** Google takes a `Content`, its parts as a list or a single one, or a plain string. */
function parseSystem(body: JsonObject, reading: Reading): Message[] {
  const system = field(body, 'systemInstruction')
  if (system === undefined) return []
  if (typeof system === 'string') return systemMessage([system])
  if (!isObject(system)) {
    refuse(reading, 'systemInstruction', 'systemInstruction must be an object with parts.')
    return []
  }
  const parts = field(system, 'parts') === undefined ? [system] : partsOf(system, reading)
  return systemMessage(
    parts.flatMap((part, index) => {
      const at = `systemInstruction.parts[${index}]`
      const text = readText(reading, part, 'text', `${at}.text`)
      if (text === null) refuse(reading, at, `${at} must be text.`)
      return text ?? []
    }),
  )
}

function partsOf(system: JsonObject, reading: Reading): JsonObject[] {
  return readObjects(reading, system, 'parts', 'systemInstruction.parts')
}

function systemMessage(texts: readonly string[]): Message[] {
  const content: TextPart[] = texts
    .filter((text) => text !== '')
    .map((text) => ({ type: 'text', text }))
  return content.length > 0 ? [{ role: 'system', content, developer: false }] : []
}

function givenCallIds(contents: readonly JsonObject[]): Set<string> {
  return new Set(
    contents
      .flatMap((content) => listField(content, 'parts'))
      .flatMap((part) => textField(objectField(part, 'functionCall'), 'id') || []),
  )
}
