import { describe, expect, it } from 'vitest'
import { openai } from '../../../src/dialects/openai/index.ts'
import { createPassThroughStream } from '../../../src/dialects/pass-through-stream.ts'
import { createPassThroughWhole } from '../../../src/dialects/pass-through-whole.ts'
import { createSniffedPipe } from '../../../src/dialects/sniffed-pipe.ts'
import { createSseSplitter } from '../../../src/dialects/split-sse.ts'

const encoder = new TextEncoder()

/** What comes out of a pipe, and whether it took the reply for whole or for a stream. */
function piped(chunks: readonly string[]) {
  let chosen = 'nothing'
  const choose = <T>(name: string, pipe: T): T => {
    chosen = name
    return pipe
  }
  const codec = openai
  const pipe = createSniffedPipe(
    () => choose('whole', createPassThroughWhole({ codec, operation: 'chat', json: true })),
    () => {
      const splitter = createSseSplitter()
      const options = { codec, operation: 'chat', splitter, hideUsageChunk: false } as const
      return choose('stream', createPassThroughStream(options))
    },
  )
  const out: Uint8Array[] = []
  for (const chunk of chunks) pipe.push(encoder.encode(chunk), out)
  pipe.end(out)
  return { chosen, text: Buffer.concat(out).toString(), state: pipe.state(), tally: pipe.tally() }
}

const sse =
  'data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
const whole =
  '{"choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}'

describe('a reply of unknown kind', () => {
  it.each([[[sse]], [['\r\n', '\n', sse]], [[': comment\n\n', sse]]])(
    'is a stream: %j',
    (chunks) => {
      const found = piped(chunks)
      expect(found).toMatchObject({ chosen: 'stream', state: 'ended', text: chunks.join('') })
    },
  )

  it.each([[[whole]], [['\n\n', ' ', '{', whole.slice(1)]]])('is whole: %j', (chunks) => {
    const found = piped(chunks)
    expect(found).toMatchObject({ chosen: 'whole', state: 'ended', text: chunks.join('') })
    expect(found.tally.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 })
  })

  it.each([[[]], [['\n', ' ']]])('is a stream that broke off when nothing comes: %j', (chunks) => {
    expect(piped(chunks)).toMatchObject({ chosen: 'stream', state: 'failed' })
  })

  it('shows nothing before its first byte', () => {
    const never = () => {
      throw new Error('chosen too early')
    }
    const pipe = createSniffedPipe(never, never)
    const out: Uint8Array[] = []
    pipe.push(encoder.encode(' \n'), out)
    expect([pipe.state(), pipe.failure(), pipe.failureShown(), pipe.finished()]).toEqual([
      'waiting',
      null,
      false,
      false,
    ])
    expect(out).toEqual([])
    expect(pipe.tally()).toEqual({ usage: null, finish: null, outputTokensEstimate: 0 })
  })
})
