import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../../src/core/request.ts'
import { anthropic } from '../../../src/dialects/anthropic/index.ts'
import type { DialectCodec } from '../../../src/dialects/dialect.ts'
import { gemini } from '../../../src/dialects/gemini/index.ts'
import { openai } from '../../../src/dialects/openai/index.ts'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import { createPassThroughWhole, holdBackBytes } from '../../../src/dialects/pass-through-whole.ts'

interface Setting {
  readonly codec?: DialectCodec
  readonly operation?: Operation
  readonly json?: boolean
}

function pipeOf({ codec = openai, operation = 'chat', json = true }: Setting = {}) {
  return createPassThroughWhole({ codec, operation, json })
}

/** Pushes the pieces and ends; what came out while they were pushed, and all in all. */
function run(pipe: ReturnType<typeof pipeOf>, pieces: readonly Uint8Array[]) {
  const out: Uint8Array[] = []
  for (const piece of pieces) pipe.push(piece, out)
  const before = Buffer.concat(out)
  pipe.end(out)
  return { before, all: Buffer.concat(out) }
}

function cut(bytes: Buffer, pieceBytes: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    pieces.push(bytes.subarray(at, at + pieceBytes))
  }
  return pieces
}

const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }

/** A chat completion of exactly so many bytes. */
function completion(bytes: number, last: object = { usage }): Buffer {
  const body = (content: string) =>
    JSON.stringify({
      id: 'c1',
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      ...last,
    })
  return Buffer.from(body('x'.repeat(bytes - body('').length)))
}

const replies: [string, DialectCodec, object][] = [
  ['openai', openai, JSON.parse(completion(300).toString())],
  [
    'openai-responses',
    openaiResponses,
    {
      id: 'r1',
      object: 'response',
      status: 'completed',
      output: [],
      usage: { input_tokens: 7, output_tokens: 5, total_tokens: 12 },
    },
  ],
  [
    'anthropic',
    anthropic,
    {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'Grüße 🎉' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 7, output_tokens: 5 },
    },
  ],
  [
    'gemini',
    gemini,
    {
      candidates: [{ content: { parts: [{ text: 'Grüße 🎉' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 },
    },
  ],
]

describe.each(replies)('a small reply of %s', (_name, codec, reply) => {
  const bytes = Buffer.from(JSON.stringify(reply, null, 2))

  it('is held until complete and passes as it is, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bytes.length }), (pieceBytes) => {
        const pipe = pipeOf({ codec })
        const { before, all } = run(pipe, cut(bytes, pieceBytes))
        expect(before).toHaveLength(0)
        expect(all.equals(bytes)).toBe(true)
        expect(pipe.state()).toBe('ended')
        expect(pipe.tally().usage).toMatchObject({ inputTokens: 7, outputTokens: 5 })
      }),
      { numRuns: 30 },
    )
  })

  it('that is cut off anywhere has failed and shows nothing', () => {
    for (let length = 0; length < bytes.length; length++) {
      const pipe = pipeOf({ codec })
      const { all } = run(pipe, [bytes.subarray(0, length)])
      expect(all).toHaveLength(0)
      expect(pipe.failure()).toMatchObject({ class: 'malformed_reply', retry: 'other' })
      expect(pipe.failureShown()).toBe(false)
    }
  })
})

describe('the size up to which a reply is held', () => {
  it('is 64 KiB: exactly so many bytes are checked whole', () => {
    const bytes = completion(holdBackBytes)
    expect(bytes).toHaveLength(64 * 1024)
    const pipe = pipeOf()
    const { before, all } = run(pipe, cut(bytes, 10_000))
    expect(before).toHaveLength(0)
    expect(all.equals(bytes)).toBe(true)
    expect(pipe.tally().usage).toMatchObject({ inputTokens: 7 })
  })

  it('passed by one byte, the reply flows, but for its latest piece', () => {
    const bytes = completion(holdBackBytes + 1)
    const pieces = [bytes.subarray(0, holdBackBytes), bytes.subarray(holdBackBytes)]
    const pipe = pipeOf()
    const out: Uint8Array[] = []
    pipe.push(pieces[0] ?? bytes, out)
    expect([pipe.state(), out.length]).toEqual(['waiting', 0])
    pipe.push(pieces[1] ?? bytes, out)
    expect(pipe.state()).toBe('output')
    pipe.end(out)
    expect(Buffer.concat(out).equals(bytes)).toBe(true)
    expect(pipe.state()).toBe('ended')
    expect(pipe.tally().usage).toMatchObject({ inputTokens: 7, outputTokens: 5 })
  })

  it('says the same on both sides of the border, whatever the pieces', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: 500, max: 70_000 }),
        (beyond, pieceBytes) => {
          const bytes = completion(holdBackBytes + beyond)
          const pipe = pipeOf()
          expect(run(pipe, cut(bytes, pieceBytes)).all.equals(bytes)).toBe(true)
          expect(pipe.state()).toBe('ended')
          expect(pipe.tally().usage).toMatchObject({ inputTokens: 7, outputTokens: 5 })
        },
      ),
    )
  })
})

describe('a large reply', () => {
  it('tells its usage from its end, wherever it is cut', () => {
    const bytes = completion(200_000)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (pieceBytes) => {
        const pipe = pipeOf()
        run(pipe, cut(bytes, Math.max(50, pieceBytes)))
        expect(pipe.tally().usage).toMatchObject({ inputTokens: 7, outputTokens: 5 })
      }),
      { numRuns: 30 },
    )
  })

  it('is not misled by usage that stands in its text', () => {
    const text = '"usage":{"prompt_tokens":999,"completion_tokens":999}'
    const bytes = completion(100_000, { usage, note: `${text} ${'y'.repeat(100)}` })
    const pipe = pipeOf()
    run(pipe, [bytes])
    expect(pipe.tally().usage?.inputTokens).not.toBe(999)
  })

  it('has no usage where it has none', () => {
    const pipe = pipeOf()
    run(pipe, [completion(100_000, {})])
    expect(pipe.state()).toBe('ended')
    expect(pipe.tally().usage).toBeNull()
  })

  it('that is cut off is truncated, its last piece kept back', () => {
    const bytes = completion(200_000).subarray(0, 150_000)
    const pipe = pipeOf()
    const { before, all } = run(pipe, cut(bytes, 10_000))
    expect(pipe.failure()?.class).toBe('truncated')
    expect(all.equals(before)).toBe(true)
    expect(all.length).toBeLessThan(bytes.length)
  })

  it('that is no JSON is refused before any of it is seen', () => {
    const pipe = pipeOf()
    const page = Buffer.from(`<html>${'x'.repeat(100_000)}</html>`)
    const { all } = run(pipe, cut(page, 30_000))
    expect(all).toHaveLength(0)
    expect(pipe.failure()).toMatchObject({ class: 'malformed_reply' })
  })
})

describe('bodies that are no reply', () => {
  it.each([
    ['nothing', '', 'an empty body'],
    ['blanks', ' \n ', 'not JSON'],
    ['a page', '<!doctype html><html></html>', 'not JSON'],
    ['a text', 'upstream connect error', 'not JSON'],
    ['a number', '5', 'not JSON'],
    ['null', 'null', 'not JSON'],
    ['two objects', '{}{}', 'not JSON'],
  ])('%s', (_what, body, message) => {
    const pipe = pipeOf()
    const { all } = run(pipe, [Buffer.from(body)])
    expect(all).toHaveLength(0)
    expect(pipe.failure()).toMatchObject({ class: 'malformed_reply', retry: 'other' })
    expect(pipe.failure()?.message).toContain(message)
  })

  it('an error with status 200 fails, so that another target can answer', () => {
    const pipe = pipeOf()
    const body = '{"error":{"message":"Full.","type":"overloaded_error"}}'
    expect(run(pipe, [Buffer.from(body)]).all).toHaveLength(0)
    expect(pipe.failure()?.fault).toBe('provider')
    expect(pipe.failureShown()).toBe(false)
    expect(pipe.tally().finish).toBeNull()
  })

  it("a blocked prompt is the caller's answer, and is shown", () => {
    const pipe = pipeOf({ codec: gemini })
    const body =
      '{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":7}}'
    expect(run(pipe, [Buffer.from(body)]).all.toString()).toBe(body)
    expect(pipe.failure()).toMatchObject({ class: 'content_filtered', fault: 'caller' })
    expect(pipe.failureShown()).toBe(true)
  })
})

describe('replies of other kinds', () => {
  it('an array is taken as it is', () => {
    const pipe = pipeOf({ operation: 'rerank' })
    const body = '[{"index":0,"score":0.9}]'
    expect(run(pipe, [Buffer.from(body)]).all.toString()).toBe(body)
    expect(pipe.state()).toBe('ended')
  })

  it('speech is passed on as bytes, small and large', () => {
    for (const length of [1, holdBackBytes, holdBackBytes + 1, 300_000]) {
      const bytes = Buffer.alloc(length, 0xff)
      const pipe = pipeOf({ operation: 'audio', json: false })
      expect(run(pipe, cut(bytes, 7_777)).all.equals(bytes)).toBe(true)
      expect(pipe.state()).toBe('ended')
    }
  })

  it('speech of no bytes is none', () => {
    const pipe = pipeOf({ operation: 'audio', json: false })
    run(pipe, [])
    expect(pipe.failure()?.message).toContain('an empty body')
  })
})
