import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import {
  contentText,
  isFilled,
  type LazyBody,
  mediaIn,
  noMedia,
  objectsFromEnd,
  objectsIn,
  objectsOf,
  plainText,
  type RequestContent,
} from '../request-content.ts'
import { field, listField, numberField, objectField, textField } from './fields.ts'

/** Both spellings of the parts that hold a file. */
const fileWords = ['"inlineData"', '"inline_data"', '"fileData"', '"file_data"']

export const requestContent: RequestContent = {
  settings(body) {
    const config = configOf(body)
    const schema =
      objectField(config, 'responseSchema') ?? objectField(config, 'responseJsonSchema')
    const mimeType = textField(config, 'responseMimeType')?.toLowerCase() ?? ''
    return {
      tools: isFilled(body, 'tools') || isObject(body.get('tools')),
      parallelTools: false,
      jsonMode: schema === null && mimeType.startsWith('application/json'),
      jsonSchema: schema !== null,
      reasoning: thinks(objectField(config, 'thinkingConfig')),
    }
  },

  media(body) {
    const hasFiles = fileWords.some((word) => body.mentions(word))
    const media = hasFiles ? mediaIn(mediaTypes(body)) : noMedia
    return speaks(body) ? { ...media, audio: true } : media
  },

  opening(body) {
    const system = body.get('systemInstruction') ?? body.get('system_instruction')
    const cached = body.get('cachedContent') ?? body.get('cached_content')
    for (const content of contentsOf(body)) {
      if (!isUser(content)) continue
      const before = [partsText(system), typeof cached === 'string' ? cached : '']
      return [...before, contentText(field(content, 'parts'))]
    }
    return null
  },

  lastUserText(body) {
    const list = body.list('contents')
    for (const content of list === null ? contentsOf(body) : objectsFromEnd(list)) {
      const text = isUser(content) ? partsText(content) : ''
      if (text !== '') return text
    }
    return ''
  },
}

function configOf(body: LazyBody): JsonValue | undefined {
  return body.get('generationConfig') ?? body.get('generation_config')
}

/** A budget of 0 turns thinking off; -1 leaves it to the model. */
function thinks(config: JsonObject | null): boolean {
  if (config === null) return false
  const budget = numberField(config, 'thinkingBudget')
  if (budget !== null) return budget !== 0
  return textField(config, 'thinkingLevel') !== null || field(config, 'includeThoughts') === true
}

function speaks(body: LazyBody): boolean {
  const wanted = field(configOf(body), 'responseModalities')
  return Array.isArray(wanted) && wanted.some((one) => String(one).toUpperCase() === 'AUDIO')
}

/** A single content counts as a list of one. */
function contentsOf(body: LazyBody): Iterable<JsonObject> {
  const list = body.list('contents')
  return list === null ? objectsIn(body.get('contents')) : objectsOf(list)
}

/** Contents without a role are the user's; what functions answer has the role too, but no text. */
function isUser(content: JsonObject): boolean {
  return content['role'] === 'user' || content['role'] === undefined
}

function partsText(content: JsonValue | undefined): string {
  return typeof content === 'string' ? content : plainText(listField(content, 'parts'))
}

function* mediaTypes(body: LazyBody): Generator<string> {
  for (const content of contentsOf(body)) yield* typesIn(listField(content, 'parts'))
}

function* typesIn(parts: readonly JsonValue[]): Generator<string> {
  for (const part of parts) {
    const file = objectField(part, 'inlineData') ?? objectField(part, 'fileData')
    const type = file === null ? null : textField(file, 'mimeType')
    if (type !== null) yield type
    const answer = objectField(part, 'functionResponse')
    if (answer !== null) yield* typesIn(listField(answer, 'parts'))
  }
}
