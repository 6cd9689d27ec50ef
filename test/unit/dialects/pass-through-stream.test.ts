import { describe, expect, it } from 'vitest'
import { openai } from '../../../src/dialects/openai/index.ts'
import { createPassThroughStream } from '../../../src/dialects/pass-through-stream.ts'
import { createSseSplitter } from '../../../src/dialects/split-sse.ts'

function passed(sse: string) {
  const pipe = createPassThroughStream({
    codec: openai,
    operation: 'chat',
    splitter: createSseSplitter(),
    hideUsageChunk: false,
  })
  const out: Uint8Array[] = []
  pipe.push(new TextEncoder().encode(sse), out)
  pipe.end(out)
  const text = Buffer.concat(out).toString()
  return { text, failure: pipe.failure()?.class, shown: pipe.failureShown() }
}

const hello = 'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n'

describe('an error in a stream that passes through', () => {
  it.each([
    ['server_error', 'data: {"error":{"message":"gone","type":"server_error"}}\n\n'],
    [
      'malformed_reply',
      'event: error\ndata: {"error":{"message":"no tool called","code":"tool_use_failed","status_code":400}}\n\n',
    ],
  ])('is the client’s as the provider wrote it: %s', (expected, error) => {
    expect(passed(hello + error)).toEqual({ text: hello + error, failure: expected, shown: true })
  })

  it('keeps what follows it', () => {
    const error = 'data: {"error":{"message":"gone"}}\n\n'
    expect(passed(`${hello}${error}data: [DONE]\n\n`).text).toBe(`${hello}${error}data: [DONE]\n\n`)
  })

  it('is not shown where no client could parse it', () => {
    const found = passed(`${hello}data: {"choices": [\n\n`)
    expect(found).toEqual({ text: hello, failure: 'malformed_reply', shown: false })
  })
})
