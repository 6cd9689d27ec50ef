import {
  arrayAt,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  parseJson,
  stringAt,
} from '../../../src/core/json.ts'
import type { Dialect } from '../../../src/core/request.ts'
import type { Frame } from '../../../src/dialects/dialect.ts'

/**
 * The next request of a client that appends a reply to its history and asks on, as clients of each
 * dialect do it.
 */
export function nextRequest(dialect: Dialect, reply: JsonObject): JsonObject {
  switch (dialect) {
    case 'openai': {
      const message = objectAt(arrayAt(reply, 'choices')[0], 'message')
      const question = { role: 'user', content: 'Warm?' }
      return { model: 'm', messages: [question, message, { role: 'user', content: 'And?' }] }
    }
    case 'openai-responses': {
      const question = { role: 'user', content: 'Warm?' }
      const output = arrayAt(reply, 'output')
      return { model: 'm', input: [question, ...output, { role: 'user', content: 'And?' }] }
    }
    case 'anthropic': {
      const question = { role: 'user', content: 'Warm?' }
      const answer = { role: 'assistant', content: arrayAt(reply, 'content') }
      const messages = [question, answer, { role: 'user', content: 'And?' }]
      return { model: 'm', max_tokens: 9000, messages }
    }
    case 'gemini': {
      const content = objectAt(arrayAt(reply, 'candidates')[0], 'content')
      const ask = (text: string) => ({ role: 'user', parts: [{ text }] })
      return { contents: [ask('Warm?'), content, ask('And?')] }
    }
  }
}

/** The whole reply that a client of the dialect puts together from a stream. */
export function assembled(dialect: Dialect, frames: readonly Frame[]): JsonObject {
  const chunks = frames.map((frame) => parseJson(frame.data)).filter(isObject)
  switch (dialect) {
    case 'openai':
      return { choices: [{ message: joinDeltas(chunks) }] }
    case 'openai-responses':
      return objectAt(chunks.at(-1), 'response') ?? {}
    case 'anthropic':
      return { content: joinBlocks(chunks) }
    case 'gemini': {
      const parts = chunks.flatMap((chunk) =>
        arrayAt(objectAt(arrayAt(chunk, 'candidates')[0], 'content') ?? {}, 'parts'),
      )
      return { candidates: [{ content: { role: 'model', parts } }] }
    }
  }
}

/** As the OpenAI SDKs do it: texts are joined, lists appended, tool calls joined by index. */
function joinDeltas(chunks: readonly JsonObject[]): JsonObject {
  const message: JsonObject = { role: 'assistant' }
  const calls: JsonObject[] = []
  for (const chunk of chunks) {
    const delta = objectAt(arrayAt(chunk, 'choices')[0], 'delta') ?? {}
    for (const [key, value] of Object.entries(delta)) {
      if (key === 'tool_calls') continue
      const known = message[key]
      if (key !== 'role' && typeof known === 'string' && typeof value === 'string') {
        message[key] = known + value
      } else if (Array.isArray(known) && Array.isArray(value)) {
        message[key] = [...known, ...value]
      } else {
        message[key] = value
      }
    }
    for (const piece of arrayAt(delta, 'tool_calls').filter(isObject)) {
      const at = numberAt(piece, 'index') ?? 0
      const known = calls[at]
      if (known === undefined) calls[at] = piece
      else calls[at] = joinCall(known, piece)
    }
  }
  if (calls.length > 0) {
    message['tool_calls'] = calls.map(({ index: _index, ...call }) => call)
  }
  return message
}

function joinCall(known: JsonObject, piece: JsonObject): JsonObject {
  const before = objectAt(known, 'function') ?? {}
  const added = stringAt(objectAt(piece, 'function') ?? {}, 'arguments') ?? ''
  const joined = { ...before, arguments: (stringAt(before, 'arguments') ?? '') + added }
  return { ...piece, ...known, ...extraOf(piece), function: joined }
}

function extraOf(piece: JsonObject): JsonObject {
  const extra = piece['extra_content']
  return extra === undefined ? {} : { extra_content: extra }
}

/** As Anthropic's SDKs do it: deltas go to the block of their index. */
function joinBlocks(chunks: readonly JsonObject[]): JsonObject[] {
  const blocks: JsonObject[] = []
  const inputs: string[] = []
  for (const chunk of chunks) {
    const at = numberAt(chunk, 'index') ?? 0
    const start = objectAt(chunk, 'content_block')
    if (start !== null) blocks[at] = start
    const delta = objectAt(chunk, 'delta')
    const block = blocks[at]
    if (delta === null || block === undefined) continue
    for (const key of ['text', 'thinking', 'signature']) {
      const piece = stringAt(delta, key)
      if (piece !== null) block[key] = (stringAt(block, key) ?? '') + piece
    }
    inputs[at] = (inputs[at] ?? '') + (stringAt(delta, 'partial_json') ?? '')
  }
  return blocks.map((block, at) =>
    block['type'] === 'tool_use' ? { ...block, input: parseJson(inputs[at] || '{}') } : block,
  )
}
