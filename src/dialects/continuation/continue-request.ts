import {
  arrayAt,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
} from '../../core/json.ts'
import type { Dialect } from '../../core/request.ts'
import type { Quirks } from '../dialect.ts'
import type { SoFar } from './so-far.ts'

/**
 * The client's request with the reply so far as the beginning of the model's turn, in the client's own
 * dialect; null where that has no meaning. White space at the end is left out, because Anthropic
 * refuses it there; the continuation is fitted to it (`createStitchedPipe`).
 */
export function continuationBody(
  dialect: Dialect,
  body: JsonObject,
  soFar: SoFar,
): JsonObject | null {
  const text = soFar.text.trimEnd()
  const spent = soFar.outputTokensEstimate
  switch (dialect) {
    case 'openai':
      if ((numberAt(body, 'n') ?? 1) > 1) return null
      return withLimits(withTurn(body, 'messages', text), spent, openaiLimits)
    case 'anthropic':
      // Thinking has to stand before the text, and only its maker can write it.
      if (thinks(body)) return null
      return withLimits(withTurn(body, 'messages', text), spent, ['max_tokens'])
    case 'openai-responses':
      return withLimits(withItem(body, text), spent, ['max_output_tokens'])
    case 'gemini':
      return continuedContents(body, text, spent)
  }
}

const openaiLimits = ['max_tokens', 'max_completion_tokens']

function thinks(body: JsonObject): boolean {
  const type = stringAt(objectAt(body, 'thinking') ?? undefined, 'type')
  return type !== null && type !== 'disabled'
}

/** Appends a turn of the model's, or goes on with one that the client itself began. */
function withTurn(body: JsonObject, field: string, text: string): JsonObject | null {
  const messages = arrayAt(body, field)
  const last = messages.at(-1)
  if (stringAt(last, 'role') !== 'assistant') {
    return { ...body, [field]: [...messages, { role: 'assistant', content: text }] }
  }
  const begun = stringAt(last, 'content')
  if (begun === null || !isObject(last)) return null
  return { ...body, [field]: [...messages.slice(0, -1), { ...last, content: begun + text }] }
}

function withItem(body: JsonObject, text: string): JsonObject {
  const { input } = body
  const items =
    typeof input === 'string' ? [{ role: 'user', content: input }] : arrayAt(body, 'input')
  const content = [{ type: 'output_text', text, annotations: [] }]
  return { ...body, input: [...items, { type: 'message', role: 'assistant', content }] }
}

function continuedContents(body: JsonObject, text: string, spent: number): JsonObject | null {
  const config = objectAt(body, 'generationConfig')
  if ((numberAt(config ?? undefined, 'candidateCount') ?? 1) > 1) return null
  const contents = arrayAt(body, 'contents')
  if (stringAt(contents.at(-1), 'role') === 'model') return null
  const continued = [...contents, { role: 'model', parts: [{ text }] }]
  const limits = withLimits(config, spent, ['maxOutputTokens'])
  return {
    ...body,
    contents: continued,
    ...(limits !== null && { generationConfig: limits }),
  }
}

/** What is written already counts against the limit the client set. */
function withLimits(
  body: JsonObject | null,
  spent: number,
  fields: readonly string[],
): JsonObject | null {
  if (body === null) return null
  const limited: JsonObject = { ...body }
  for (const field of fields) {
    const most = numberAt(body, field)
    if (most !== null) limited[field] = Math.max(1, most - spent)
  }
  return limited
}

/** Adds what a provider of Chat Completions wants beside the message it should continue. */
export function markPrefix(body: JsonObject, { prefixMark }: Quirks): JsonObject {
  if (prefixMark === undefined) return body
  if (prefixMark === 'continue_final_message') {
    return { ...body, continue_final_message: true, add_generation_prompt: false }
  }
  const messages = arrayAt(body, 'messages')
  const last = messages.at(-1)
  if (!isObject(last)) return body
  return { ...body, messages: [...messages.slice(0, -1), { ...last, [prefixMark]: true }] }
}
