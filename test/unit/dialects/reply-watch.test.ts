import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failure } from '../../../src/core/failure.ts'
import { noUsage, type ReplyEvent } from '../../../src/core/reply.ts'
import { ReplyWatch } from '../../../src/dialects/reply-watch.ts'

const text = (content: string): ReplyEvent => ({ type: 'text-delta', block: 0, text: content })
const end: ReplyEvent = { type: 'reply-end', finish: 'stop', stopSequence: null }

function watching(...events: ReplyEvent[]): ReplyWatch {
  const watch = new ReplyWatch()
  watch.see(events)
  return watch
}

describe('real output', () => {
  it.each<[string, ReplyEvent]>([
    ['the start', { type: 'reply-start', id: 'r', model: 'm' }],
    ['an opened text', { type: 'text-start', block: 0 }],
    ['an empty text', text('')],
    ['empty reasoning', { type: 'reasoning-delta', block: 0, text: '' }],
    ['an empty piece of input', { type: 'tool-call-delta', block: 0, input: '' }],
    ['usage', { type: 'usage', usage: noUsage }],
  ])('%s is none', (_what, event) => {
    expect(watching(event).state).toBe('waiting')
  })

  it.each<[string, ReplyEvent]>([
    ['text', text('a')],
    ['reasoning', { type: 'reasoning-delta', block: 0, text: 'a' }],
    ['a refusal', { type: 'refusal-delta', block: 0, text: 'a' }],
    ['a tool call', { type: 'tool-call-start', block: 0, id: 'c', name: 'f' }],
    ['a file', { type: 'file', block: 0, mediaType: 'image/png', base64: 'AA' }],
    ['what only its own dialect can show', { type: 'untranslated', what: 'web search' }],
  ])('%s is', (_what, event) => {
    expect(watching(event).state).toBe('output')
  })
})

describe('the end', () => {
  it('is the finish reason, and nothing after it counts', () => {
    const watch = watching(text('a'), end)
    expect([watch.state, watch.tally().finish]).toEqual(['ended', 'stop'])
    watch.fail(failure('truncated', 'late'))
    expect([watch.state, watch.failure]).toEqual(['ended', null])
  })

  it('that comes after a failure does not heal it', () => {
    const first = failure('overloaded', 'first')
    const watch = watching(text('a'), { type: 'reply-error', failure: first }, end)
    watch.fail(failure('truncated', 'second'))
    expect([watch.state, watch.failure]).toEqual(['failed', first])
  })
})

describe('the estimate of output tokens', () => {
  it('is a quarter of the characters that were read', () => {
    expect(watching(text('x'.repeat(401))).tally().outputTokensEstimate).toBe(101)
    const call: ReplyEvent = { type: 'tool-call-start', block: 1, id: 'c', name: 'look' }
    const input: ReplyEvent = { type: 'tool-call-delta', block: 1, input: '{"city":"Ulm"}' }
    expect(watching(call, input).tally().outputTokensEstimate).toBe(5)
    expect(watching().tally().outputTokensEstimate).toBe(0)
  })

  it('is one for each delta where they are as short as tokens', () => {
    const deltas = ['Über', ' kurz', ' oder', ' lang'].map(text)
    expect(watching(...deltas).tally().outputTokensEstimate).toBe(4)
  })

  it('knows the text of deltas that were not read by what is around it', () => {
    const envelope = 120
    const length = fc.integer({ min: 9, max: 45 })
    const lengths = fc.array(length, { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(length, lengths, (first, rest) => {
        const watch = new ReplyWatch()
        watch.see([text('x'.repeat(first))], envelope + first)
        for (const one of rest) watch.skip(envelope + one)
        const characters = rest.reduce((sum, one) => sum + one, first)
        expect(watch.tally().outputTokensEstimate).toBe(Math.ceil(characters / 4))
      }),
    )
  })

  it('does not count a text twice that is given again at its end', () => {
    const watch = new ReplyWatch()
    watch.see([text('y'.repeat(10))], 110)
    for (let i = 0; i < 40; i++) watch.skip(110)
    watch.see([text('y'.repeat(410))], 600)
    expect(watch.tally().outputTokensEstimate).toBe(Math.ceil(410 / 4))
  })

  it('is never below one token for each delta', () => {
    const watch = new ReplyWatch()
    watch.see([text('a')], 500)
    for (let i = 0; i < 8; i++) watch.skip(100)
    expect(watch.tally().outputTokensEstimate).toBe(9)
  })
})

it('the last usage counts, and none leaves it as it is', () => {
  const last = { ...noUsage, outputTokens: 9 }
  const watch = watching({ type: 'usage', usage: noUsage }, { type: 'usage', usage: last })
  watch.count(null)
  expect(watch.tally().usage).toBe(last)
})
