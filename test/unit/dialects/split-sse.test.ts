import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/dialects/dialect.ts'
import { createSseSplitter, maxFrameBytes } from '../../../src/dialects/split-sse.ts'

interface Split {
  raw: string[]
  frames: (Frame | null)[]
  bytes: Buffer
  fits: boolean
}

function split(chunks: readonly Uint8Array[]): Split {
  const raw: Uint8Array[] = []
  const frames: (Frame | null)[] = []
  const splitter = createSseSplitter()
  const sink = (piece: Uint8Array, frame: Frame | null) => {
    raw.push(Buffer.from(piece))
    frames.push(frame)
  }
  const fits = chunks.every((chunk) => splitter.push(chunk, sink))
  splitter.end(sink)
  return {
    raw: raw.map((piece) => Buffer.from(piece).toString()),
    frames,
    bytes: Buffer.concat(raw),
    fits,
  }
}

function cut(bytes: Buffer, borders: readonly number[]): Buffer[] {
  const at = [...new Set(borders.map((border) => border % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  )
  return [0, ...at].map((start, index) => bytes.subarray(start, at[index] ?? bytes.length))
}

const stream =
  ': comment\n\nevent: a\ndata: {"x":1}\n\ndata: first\ndata: zweite Zeile ü 🎉\n\ndata:[DONE]\n\n'

describe('createSseSplitter', () => {
  it('gives out each event with its bytes', () => {
    const { raw, frames } = split([Buffer.from(stream)])
    expect(raw).toEqual([
      ': comment\n\n',
      'event: a\ndata: {"x":1}\n\n',
      'data: first\ndata: zweite Zeile ü 🎉\n\n',
      'data:[DONE]\n\n',
    ])
    expect(frames).toEqual([
      null,
      { event: 'a', data: '{"x":1}' },
      { event: null, data: 'first\nzweite Zeile ü 🎉' },
      { event: null, data: '[DONE]' },
    ])
  })

  it.each(['\r\n', '\r', '\n'])('reads line end %j, wherever the chunks are cut', (lineEnd) => {
    const bytes = Buffer.from(stream.replaceAll('\n', lineEnd))
    const whole = split([bytes])
    expect(whole.frames.filter((frame) => frame !== null)).toHaveLength(3)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (borders) => {
        const parts = split(cut(bytes, borders))
        expect(parts.frames.filter((frame) => frame !== null)).toEqual(
          whole.frames.filter((frame) => frame !== null),
        )
        expect(parts.bytes.equals(bytes)).toBe(true)
      }),
    )
    const byByte = split(cut(bytes, [...bytes.keys()]))
    expect(byByte.bytes.equals(bytes)).toBe(true)
  })

  it('gives out a last event that lacks its blank line', () => {
    expect(split([Buffer.from('data: a\n\ndata: b')]).frames).toEqual([
      { event: null, data: 'a' },
      { event: null, data: 'b' },
    ])
  })

  it('passes any bytes on unchanged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300)), (given, borders) => {
        const bytes = Buffer.from(given)
        expect(split(cut(bytes, borders)).bytes.equals(bytes)).toBe(true)
      }),
    )
  })

  it('refuses an event that never ends', () => {
    const chunk = Buffer.alloc(64 * 1024, 0x61)
    const chunks = Array.from({ length: maxFrameBytes / chunk.length + 1 }, () => chunk)
    expect(split(chunks).fits).toBe(false)
    expect(split(chunks.slice(2)).fits).toBe(true)
  })
})
