import { describe, expect, it } from 'vitest'
import { failure } from '../../../../src/core/failure.ts'
import { parseJson } from '../../../../src/core/json.ts'
import { base64ToText, textToBase64 } from '../../../../src/dialects/gemini/base64.ts'
import { gemini } from '../../../../src/dialects/gemini/index.ts'
import { context } from './fixtures.ts'

describe('writing a reply', () => {
  it('has the form of generateContent', () => {
    const usage = {
      inputTokens: 10,
      cachedInputTokens: 4,
      cacheWriteTokens: 0,
      outputTokens: 7,
      reasoningTokens: 2,
    }
    expect(
      gemini.writeReply(
        {
          id: null,
          model: 'gpt-5',
          parts: [
            { type: 'reasoning', text: 'hm', signature: null, redacted: false },
            {
              type: 'text',
              text: 'Hi',
              signature: null,
              citations: [{ url: 'https://a.example', title: null }],
            },
          ],
          finish: 'length',
          stopSequence: null,
          usage,
        },
        context(),
      ),
    ).toEqual({
      candidates: [
        {
          content: { role: 'model', parts: [{ text: 'hm', thought: true }, { text: 'Hi' }] },
          finishReason: 'MAX_TOKENS',
          index: 0,
          groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.example' } }] },
        },
      ],
      usageMetadata: {
        promptTokenCount: 10,
        cachedContentTokenCount: 4,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 2,
        totalTokenCount: 17,
      },
      modelVersion: 'fast',
      responseId: 'wb_1',
    })
  })

  it('holds a streamed call until it is complete, and links until the end', () => {
    const writer = gemini.streamWriter(context())
    expect(writer.write({ type: 'tool-call-start', block: 0, id: 'c', name: 'f' })).toBe('')
    expect(writer.write({ type: 'tool-call-delta', block: 0, input: '{"a":' })).toBe('')
    expect(writer.write({ type: 'tool-call-delta', block: 0, input: '1}' })).toBe('')
    expect(writer.write({ type: 'tool-call-end', block: 0, signature: null })).toContain(
      '"functionCall":{"id":"c","name":"f","args":{"a":1}}',
    )
    const link = { type: 'citation', block: 1, url: 'https://a.example', title: 'A' } as const
    expect(writer.write(link)).toBe('')
    const end = writer.write({ type: 'reply-end', finish: 'refusal', stopSequence: null })
    expect(end).toMatch(/^data: \{.*\}\n\n$/)
    expect(parseJson(end.slice(6))).toMatchObject({
      candidates: [
        {
          finishReason: 'SAFETY',
          groundingMetadata: { groundingChunks: [{ web: { title: 'A' } }] },
        },
      ],
    })
  })

  it('counts tokens', () => {
    expect(gemini.writeTokenCount?.(12)).toEqual({ totalTokens: 12 })
  })
})

describe('writing an error', () => {
  const limited = failure('rate_limited', 'Slow down.', { retryAfterMs: 1500, param: 'contents' })

  it('is a google.rpc.Status', () => {
    expect(gemini.writeError(limited, 'wb_9')).toEqual({
      error: {
        code: 429,
        message: 'Slow down.',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'RATE_LIMITED',
            domain: 'waybill',
          },
          { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'wb_9' },
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{ field: 'contents', description: 'Slow down.' }],
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
        ],
      },
    })
  })

  it('says of itself what it was', () => {
    const body = JSON.stringify(gemini.writeError(limited, 'wb_9'))
    const error = { status: 429, headers: {}, body, nowMs: 0 }
    expect(gemini.classifyFailure(error)).toMatchObject({
      class: 'provider_rate_limited',
      retryAfterMs: 1500,
      message: 'Slow down.',
      param: 'contents',
    })
  })

  it('never ends a stream as if it were complete', () => {
    const event = gemini.writeStreamError(limited, 'wb_9', 'sse')
    expect(event).toMatch(/^data: \{"error":.*\}\n\n$/)
    const writer = gemini.streamWriter(context({ framing: 'json-array' }))
    const begun = writer.write({ type: 'text-delta', block: 0, text: 'Hel' })
    const cut = begun + gemini.writeStreamError(limited, 'wb_9', 'json-array')
    expect(parseJson(cut)).toBeUndefined()
    expect(parseJson(`${cut}]`)).toMatchObject([{ candidates: [{}] }, { error: { code: 429 } }])
  })
})

describe('base64 of text', () => {
  it.each(['', 'a', 'ab', 'abc', 'wb1:openai:é😀'])('%j goes there and back', (text) => {
    expect(textToBase64(text)).toBe(Buffer.from(text).toString('base64'))
    expect(base64ToText(textToBase64(text))).toBe(text)
    expect(base64ToText(Buffer.from(text).toString('base64url'))).toBe(text)
  })

  it('is null for what is none', () => {
    expect(base64ToText('a*b')).toBeNull()
  })
})
