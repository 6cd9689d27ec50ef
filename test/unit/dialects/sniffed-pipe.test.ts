import { describe, expect, it } from 'vitest'
import type { ReplyPipe, ReplyState } from '../../../src/dialects/reply-pipe.ts'
import { createSniffedPipe } from '../../../src/dialects/sniffed-pipe.ts'

/** A pipe that gives out what it gets, marked with its name. */
function marked(name: string): ReplyPipe {
  let state: ReplyState = 'waiting'
  return {
    push(chunk, out) {
      state = 'output'
      out.push(Buffer.from(`${name}:`), chunk)
    },
    end(out) {
      state = 'ended'
      out.push(Buffer.from(`${name}.`))
    },
    state: () => state,
    failure: () => null,
    failureShown: () => false,
    finished: () => state === 'ended',
    tally: () => ({ usage: null, finish: null, outputTokensEstimate: 1 }),
  }
}

function run(pieces: readonly string[]): string {
  const pipe = createSniffedPipe(
    () => marked('whole'),
    () => marked('stream'),
  )
  const out: Uint8Array[] = []
  for (const piece of pieces) pipe.push(Buffer.from(piece), out)
  pipe.end(out)
  return Buffer.concat(out).toString()
}

describe('a sniffed pipe', () => {
  it.each([
    [['{"id":1}'], 'whole:{"id":1}whole.'],
    [['[1]'], 'whole:[1]whole.'],
    [['data: x\n\n', 'data: y\n\n'], 'stream:data: x\n\nstream:data: y\n\nstream.'],
    [[': comment\n\n'], 'stream:: comment\n\nstream.'],
    [['\ufeffdata: x\n\n'], 'stream:\ufeffdata: x\n\nstream.'],
    [['<html>'], 'stream:<html>stream.'],
    [[' \r\n', '\t', ' {"id":1}'], 'whole: \r\nwhole:\twhole: {"id":1}whole.'],
    [['\n', '\ndata: x\n\n'], 'stream:\nstream:\ndata: x\n\nstream.'],
    [['', '{}'], 'whole:whole:{}whole.'],
    [[], 'stream.'],
    [[' ', '\n'], 'stream: stream:\nstream.'],
  ])('reads %j by its first byte and loses none', (pieces, expected) => {
    expect(run(pieces)).toBe(expected)
  })

  it('waits while nothing has come, and then answers as the one it chose', () => {
    const pipe = createSniffedPipe(
      () => marked('whole'),
      () => marked('stream'),
    )
    pipe.push(Buffer.from('\n'), [])
    expect(pipe.state()).toBe('waiting')
    expect(pipe.tally()).toEqual({ usage: null, finish: null, outputTokensEstimate: 0 })
    expect([pipe.failure(), pipe.failureShown(), pipe.finished()]).toEqual([null, false, false])
    pipe.push(Buffer.from('{'), [])
    expect(pipe.state()).toBe('output')
    expect(pipe.tally().outputTokensEstimate).toBe(1)
  })
})
