import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectReply } from '../../../src/core/collect-reply.ts'
import type { Signature } from '../../../src/core/conversation.ts'
import { failure } from '../../../src/core/failure.ts'
import { noUsage, type ReplyEvent } from '../../../src/core/reply.ts'

const signature: Signature = { dialect: 'anthropic', value: 'proof', id: null }
const end: ReplyEvent = { type: 'reply-end', finish: 'stop', stopSequence: null }

describe('collectReply', () => {
  it('adds a whole reply up', () => {
    const usage = { ...noUsage, inputTokens: 3, outputTokens: 9 }
    const events: ReplyEvent[] = [
      { type: 'reply-start', id: 'r1', model: 'm' },
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'Hm' },
      { type: 'reasoning-delta', block: 0, text: '.' },
      { type: 'reasoning-end', block: 0, signature, redacted: false },
      { type: 'text-start', block: 1 },
      { type: 'text-delta', block: 1, text: 'Hel' },
      { type: 'citation', block: 1, url: 'https://a.test', title: null },
      { type: 'text-delta', block: 1, text: 'lo' },
      { type: 'text-end', block: 1, signature: null },
      { type: 'tool-call-start', block: 2, id: 'c1', name: 'look' },
      { type: 'tool-call-delta', block: 2, input: '{"a"' },
      { type: 'tool-call-delta', block: 2, input: ':1}' },
      { type: 'tool-call-end', block: 2, signature: null },
      { type: 'file', block: 3, mediaType: 'image/png', base64: 'AAAA' },
      { type: 'refusal-delta', block: 4, text: 'No' },
      { type: 'refusal-delta', block: 4, text: '.' },
      { type: 'untranslated', what: 'web_search_call' },
      { type: 'usage', usage },
      { type: 'reply-end', finish: 'tool-calls', stopSequence: 'END' },
    ]
    expect(collectReply(events)).toEqual({
      id: 'r1',
      model: 'm',
      parts: [
        { type: 'reasoning', text: 'Hm.', signature, redacted: false },
        {
          type: 'text',
          text: 'Hello',
          signature: null,
          citations: [{ url: 'https://a.test', title: null }],
        },
        { type: 'tool-call', id: 'c1', name: 'look', input: '{"a":1}', signature: null },
        { type: 'file', mediaType: 'image/png', base64: 'AAAA' },
        { type: 'refusal', text: 'No.' },
      ],
      finish: 'tool-calls',
      stopSequence: 'END',
      usage,
    })
  })

  it('of nothing is an empty reply that did not finish properly', () => {
    expect(collectReply([])).toEqual({
      id: null,
      model: null,
      parts: [],
      finish: 'other',
      stopSequence: null,
      usage: null,
    })
  })

  it('is the failure when there is one, whatever came before', () => {
    const problem = failure('overloaded', 'Full.')
    const events: ReplyEvent[] = [
      { type: 'text-delta', block: 0, text: 'Hel' },
      { type: 'reply-error', failure: problem },
      end,
    ]
    expect(collectReply(events)).toBe(problem)
  })

  it('keeps the last usage', () => {
    const first = { ...noUsage, inputTokens: 5 }
    const last = { ...noUsage, inputTokens: 5, outputTokens: 2 }
    const events: ReplyEvent[] = [
      { type: 'usage', usage: first },
      { type: 'usage', usage: last },
    ]
    expect(collectReply(events)).toMatchObject({ usage: last })
  })

  it('opens a block that was never started, and keeps one that got nothing', () => {
    const events: ReplyEvent[] = [
      { type: 'tool-call-delta', block: 1, input: '{}' },
      { type: 'text-start', block: 0 },
      end,
    ]
    expect(collectReply(events)).toMatchObject({
      parts: [
        { type: 'text', text: '' },
        { type: 'tool-call', id: '', name: '', input: '{}' },
      ],
    })
  })

  it('keeps each block together however deltas are interleaved, blocks in their order', () => {
    const delta = fc.record({ block: fc.nat(11), text: fc.string({ maxLength: 5 }) })
    fc.assert(
      fc.property(fc.array(delta, { maxLength: 60 }), (deltas) => {
        const events = deltas.map(({ block, text }): ReplyEvent => {
          return block % 2 === 0
            ? { type: 'text-delta', block, text }
            : { type: 'reasoning-delta', block, text }
        })
        const reply = collectReply([...events, end])
        if ('class' in reply) throw new Error(reply.message)
        const blocks = [...new Set(deltas.map(({ block }) => block))].sort((a, b) => a - b)
        const expected = blocks.map((block) => ({
          type: block % 2 === 0 ? 'text' : 'reasoning',
          text: deltas
            .filter((one) => one.block === block)
            .map(({ text }) => text)
            .join(''),
        }))
        expect(reply.parts).toMatchObject(expected)
      }),
    )
  })
})
