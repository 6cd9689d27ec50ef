import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPassThroughStream } from '../../../src/dialects/pass-through-stream.ts'
import type { ReplyPipe } from '../../../src/dialects/reply-pipe.ts'
import { createSseSplitter, maxFrameBytes } from '../../../src/dialects/split-sse.ts'
import { chatStream, type SampleStream, sampleStreams, usageChunk } from './streams.ts'

function pipeOf(sample: SampleStream, hideUsageChunk = false): ReplyPipe {
  const { codec } = sample
  const splitter = sample.splitter()
  return createPassThroughStream({ codec, operation: 'chat', splitter, hideUsageChunk })
}

/** Pushes the pieces and ends; what came out, as text. */
function run(pipe: ReplyPipe, pieces: readonly (string | Uint8Array)[]): string {
  const out: Uint8Array[] = []
  for (const piece of pieces) pipe.push(Buffer.from(piece), out)
  pipe.end(out)
  return Buffer.concat(out).toString()
}

function byteByByte(text: string): Uint8Array[] {
  const bytes = Buffer.from(text)
  return Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
}

describe.each(sampleStreams)('a $name stream', (sample) => {
  const whole = sample.events.join('')

  it('passes as it is, in one piece, event by event and byte by byte', () => {
    for (const pieces of [[whole], sample.events, byteByByte(whole)]) {
      const pipe = pipeOf(sample)
      expect(run(pipe, pieces)).toBe(whole)
      expect(pipe.state()).toBe('ended')
      expect(pipe.failure()).toBeNull()
      expect(pipe.tally()).toMatchObject({
        usage: { inputTokens: 7, outputTokens: 5 },
        finish: 'stop',
      })
    }
  })

  it('passes as it is wherever it is cut', () => {
    const bytes = Buffer.from(whole)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (borders) => {
        const at = [0, ...borders.sort((a, b) => a - b), bytes.length]
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        const pipe = pipeOf(sample)
        expect(run(pipe, pieces)).toBe(whole)
        expect(pipe.tally().usage).toMatchObject({ inputTokens: 7, outputTokens: 5 })
      }),
    )
  })

  it('gives out whole events only, so that an error event can follow any of them', () => {
    const pipe = pipeOf(sample)
    let given = ''
    const borders = new Set(
      sample.events.map((_, index) => sample.events.slice(0, index + 1).join('')),
    )
    for (const byte of byteByByte(whole)) {
      const out: Uint8Array[] = []
      pipe.push(byte, out)
      given += Buffer.concat(out).toString()
      if (out.length > 0 && sample.name !== 'gemini') expect(borders).toContain(given)
    }
  })

  it('waits until there is real output', () => {
    const pipe = pipeOf(sample)
    let seen = ''
    for (const event of sample.events) {
      expect(pipe.state()).toBe(seen.includes('Grüße') ? 'output' : 'waiting')
      pipe.push(Buffer.from(event), [])
      seen += event
      if (pipe.state() === 'ended') break
    }
    expect(seen).toContain('🎉')
  })

  it('that ends too early is truncated, after any of its events', () => {
    for (const count of sample.events.keys()) {
      const pipe = pipeOf(sample)
      const events = sample.events.slice(0, count)
      const given = run(pipe, events)
      expect(given).toBe(events.join(''))
      if (pipe.state() === 'ended') continue
      expect(pipe.failure()).toMatchObject({ class: 'truncated', retry: 'other' })
      expect(pipe.failureShown()).toBe(false)
    }
    const first = pipeOf(sample)
    run(first, sample.events.slice(0, 1))
    expect(first.state()).toBe('failed')
  })

  it('that ends in the middle of an event gives out none of it', () => {
    const last = sample.events.findIndex((event) => event.includes('🎉'))
    const before = sample.events.slice(0, last).join('')
    const bytes = Buffer.from(sample.events[last] ?? '')
    for (let length = 0; length < bytes.length - 4; length++) {
      const pipe = pipeOf(sample)
      const out: Uint8Array[] = []
      pipe.push(Buffer.from(before), out)
      pipe.push(bytes.subarray(0, length), out)
      expect(Buffer.concat(out).toString()).toBe(before)
      pipe.end(out)
      expect(pipe.state()).toBe('failed')
      expect(pipe.failureShown()).toBe(false)
    }
  })

  it('whose last words are an error without a blank line gets one, or no client would read it', () => {
    if (sample.name === 'gemini as an array') return
    const output = sample.events.findIndex((event) => event.includes('Grüße'))
    const begun = sample.events.slice(0, output + 1).join('')
    for (const missing of [1, 2]) {
      const pipe = pipeOf(sample)
      const given = run(pipe, [begun, sample.error.slice(0, -missing)])
      expect(pipe.failureShown()).toBe(true)
      expect(given.startsWith(begun + sample.error)).toBe(true)
      expect(given.slice((begun + sample.error).length).trim()).toBe('')
    }
  })

  it("shows the provider's own error, once, and needs no second one", () => {
    const pipe = pipeOf(sample)
    const output = sample.events.findIndex((event) => event.includes('Grüße'))
    const begun = sample.events.slice(0, output + 1)
    expect(run(pipe, [...begun, sample.error])).toBe(begun.join('') + sample.error)
    expect(pipe.state()).toBe('failed')
    expect(pipe.failure()?.fault).toBe('provider')
    expect(pipe.failureShown()).toBe(true)
  })

  it('that begins with an error has had no output, so that another target can answer', () => {
    const error =
      sample.name === 'gemini as an array' ? sample.error.replace(',', '[') : sample.error
    const pipe = pipeOf(sample)
    pipe.push(Buffer.from(error), [])
    expect(pipe.state()).toBe('failed')
    expect(pipe.failure()?.message).toContain('Full.')
  })
})

describe('what comes after the end', () => {
  it('still passes, and changes nothing', () => {
    const pipe = pipeOf(chatStream)
    const late = `${chatStream.error}: bye\n\n`
    expect(run(pipe, [...chatStream.events, late])).toBe(chatStream.events.join('') + late)
    expect(pipe.state()).toBe('ended')
    expect(pipe.failure()).toBeNull()
  })
})

describe('the usage chunk', () => {
  const whole = chatStream.events.join('')

  it('is hidden only where we asked for it, and counted all the same', () => {
    const hiding = pipeOf(chatStream, true)
    expect(run(hiding, [whole])).toBe(whole.replace(usageChunk, ''))
    expect(hiding.tally().usage).toMatchObject({ inputTokens: 7, outputTokens: 5 })
    expect(run(pipeOf(chatStream, false), [whole])).toContain(usageChunk)
  })

  it('is hidden however it is written and cut', () => {
    const spaced = usageChunk.replace('"choices":[]', '"choices" : [ ]')
    const text = whole.replace(usageChunk, spaced)
    expect(run(pipeOf(chatStream, true), byteByByte(text))).toBe(whole.replace(usageChunk, ''))
  })

  it('is no chunk that also says something', () => {
    const both = usageChunk.replace(
      '"choices":[]',
      '"choices":[{"index":0,"delta":{"content":"\\"choices\\":[]"},"finish_reason":null}]',
    )
    expect(run(pipeOf(chatStream, true), [both, ...chatStream.events])).toContain(both)
  })

  it('a filter result without choices is none', () => {
    const filter = 'data: {"choices":[],"prompt_filter_results":[]}\n\n'
    expect(run(pipeOf(chatStream, true), [filter, ...chatStream.events])).toContain(filter)
  })
})

describe('an event that cannot be read', () => {
  it('is not given out: the client gets a clean error instead', () => {
    const pipe = pipeOf(chatStream)
    const begun = chatStream.events.slice(0, 3)
    expect(run(pipe, [...begun, 'data: {"id":\n\n'])).toBe(begun.join(''))
    expect(pipe.failure()?.class).toBe('malformed_reply')
    expect(pipe.failureShown()).toBe(false)
  })

  it('that never ends fails instead of filling the memory', () => {
    const pipe = pipeOf(chatStream)
    const out: Uint8Array[] = []
    const piece = Buffer.alloc(1024 * 1024, 0x61)
    for (let i = 0; i * piece.length <= maxFrameBytes && pipe.state() !== 'failed'; i++) {
      pipe.push(piece, out)
    }
    expect(pipe.state()).toBe('failed')
    expect(pipe.failure()?.class).toBe('malformed_reply')
    expect(out).toEqual([])
  })
})

it('output tokens are estimated near the truth when the usage never comes', () => {
  const words = 'lorem ipsum dolor sit amet '.repeat(200)
  const frames = Array.from({ length: words.length / 9 }, (_, index) => {
    const content = words.slice(index * 9, index * 9 + 9)
    return (chatStream.events[2] ?? '').replace('Grüße', content)
  })
  const pipe = createPassThroughStream({
    codec: chatStream.codec,
    operation: 'chat',
    splitter: createSseSplitter(),
    hideUsageChunk: false,
  })
  run(pipe, frames)
  const { outputTokensEstimate } = pipe.tally()
  expect(outputTokensEstimate / (words.length / 4)).toBeGreaterThan(0.95)
  expect(outputTokensEstimate / (words.length / 4)).toBeLessThan(1.05)
})
