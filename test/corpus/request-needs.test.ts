import { describe, expect, it } from 'vitest'
import type { Conversation, Message } from '../../src/core/conversation.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { capabilityNames, type Needs } from '../../src/core/needs.ts'
import { unfit } from '../../src/core/plan/exclude.ts'
import type { Request } from '../../src/core/request.ts'
import { codecs } from '../../src/gateway/codecs.ts'
import { readRequest } from '../../src/gateway/read-request.ts'
import { corpusPresent, type Exchange, loadExchanges } from '../support/replay-corpus.ts'
import { aTarget } from '../unit/core/plans.ts'

const chatApis = ['chat.completions', 'responses', 'messages', 'generateContent']
const asked = loadExchanges().flatMap((exchange) => {
  const { api, requestBody } = exchange
  return chatApis.includes(api) && requestBody !== null ? [{ exchange, requestBody }] : []
})

function read({ dialect, path }: Exchange, body: string): Request {
  const streams = path.includes('streamGenerateContent')
  const endpoint = codecs[dialect].endpoints.find(
    (one) => one.operation === 'chat' && (one.streams !== null) === streams,
  )
  if (endpoint === undefined) throw new Error(`${dialect} has no chat`)
  const outcome = readRequest(
    {
      method: 'POST',
      path,
      query: '',
      headers: {},
      body: Buffer.from(body),
      endpoint,
      pathModel: 'm',
      loopback: true,
      ip: null,
      arrivedAtMs: 0,
      arrivedMonotonicMs: 0,
    },
    codecs[dialect],
    'wb_1',
  )
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value.request
}

/** What the parts that translation reads, from a whole parse, come to. */
function needsOfConversation(conversation: Conversation, streaming: boolean): Partial<Needs> {
  const types = conversation.messages.flatMap(mediaTypes)
  const has = (pattern: RegExp) => types.some((type) => pattern.test(type))
  return {
    vision: has(/^image\//),
    audio: has(/^audio\//),
    // Files of which only an id is known are PDFs as far as anyone can tell.
    pdf: has(/pdf|^\*\/\*$/),
    jsonMode: conversation.output.type === 'json',
    jsonSchema: conversation.output.type === 'json-schema',
    streaming,
  }
}

function mediaTypes(message: Message): string[] {
  const types: string[] = []
  for (const part of message.content) {
    if (part.type === 'file') types.push(part.mediaType)
    if (part.type !== 'tool-result') continue
    for (const file of part.content) if (file.type === 'file') types.push(file.mediaType)
  }
  return types
}

/** The same body as other clients write it. */
const written = [
  (body: JsonObject) => JSON.stringify(body),
  (body: JsonObject) => JSON.stringify(body, null, 2),
  (body: JsonObject) =>
    JSON.stringify(body).replace(
      /[\u007f-\uffff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
]

describe.skipIf(!corpusPresent)('recorded chat requests', () => {
  it('need what a whole parse of them finds', () => {
    let compared = 0
    for (const { exchange, requestBody } of asked) {
      const parsed = codecs[exchange.dialect].parseRequest(requestBody)
      if (!parsed.ok) continue
      const request = read(exchange, JSON.stringify(requestBody))
      const expected = needsOfConversation(parsed.value.value, request.streaming !== null)
      expect({ id: exchange.id, ...request.needs() }).toMatchObject({
        id: exchange.id,
        ...expected,
      })
      compared++
    }
    expect(compared).toBeGreaterThan(asked.length / 2)
  })

  it('have tools when they carry some', () => {
    for (const { exchange, requestBody } of asked) {
      const carried = requestBody['tools'] ?? requestBody['functions'] ?? []
      const { tools } = read(exchange, JSON.stringify(requestBody)).needs()
      expect([exchange.id, tools]).toEqual([exchange.id, Object.keys(carried).length > 0])
    }
  })

  it('mean the same however they are written', () => {
    for (const { exchange, requestBody } of asked) {
      // The key takes tools as they are written.
      const { tools: _written, ...toolless } = requestBody
      const [first, ...others] = written.map((write) => {
        const needs = read(exchange, write(requestBody)).needs()
        const request = read(exchange, write(toolless))
        return {
          id: exchange.id,
          needs: capabilityNames.filter((name) => needs[name]),
          key: request.conversationKey(),
          sample: request.promptSample(),
        }
      })
      for (const other of others) expect(other).toEqual(first)
    }
  })

  it('are not kept from a window in which they fitted, give or take a twentieth', () => {
    let checked = 0
    for (const { exchange, requestBody } of asked) {
      const { dialect, reply, status } = exchange
      if (reply === null || status !== 200) continue
      const events = codecs[dialect].readReply(reply)
      const usage = events.find((event) => event.type === 'usage')?.usage
      if (usage === undefined || usage.inputTokens === 0) continue
      const request = read(exchange, JSON.stringify(requestBody))
      const target = aTarget('p/m')
      const capabilities = { ...target.capabilities, contextWindow: usage.inputTokens * 1.05 }
      const fitted = { ...target, capabilities }
      expect(unfit(fitted, withoutOutput(request)), exchange.id).toBeNull()
      checked++
    }
    expect(checked).toBeGreaterThan(0)
  })
})

/** The prompt alone, whatever the client allows as a reply. */
function withoutOutput(request: Request): Request {
  return {
    ...request,
    inputTokensEstimate: request.inputTokensEstimate,
    maxOutputTokens: 0,
    leastInputTokens: () => request.leastInputTokens?.() ?? 0,
    needs: () => request.needs(),
    conversationKey: () => request.conversationKey(),
    promptSample: () => request.promptSample(),
  }
}
