import { describe, expect, it } from 'vitest'
import { createLineSink, type WriteOut } from '../../../src/adapters/telemetry/line-sink.ts'

const droppedLine = (count: number) => `${count} dropped`

/** A reader that takes what each answer says: all, some bytes, or an error. */
function reader(...answers: ('all' | number | string)[]) {
  const batches: string[] = []
  const write: WriteOut = (bytes, done) => {
    const answer = answers.shift() ?? 'all'
    setImmediate(() => {
      if (typeof answer === 'string' && answer !== 'all') {
        done(Object.assign(new Error(answer), { code: answer }), 0)
        return
      }
      const taken = answer === 'all' ? bytes.length : Number(answer)
      batches.push(Buffer.from(bytes.subarray(0, taken)).toString())
      done(null, taken)
    })
  }
  return { batches, write }
}

describe('a line sink', () => {
  it('writes the lines of one turn together', async () => {
    const { batches, write } = reader()
    const sink = createLineSink({ write, droppedLine })
    for (const line of ['a', 'b', 'c']) sink.add(line)
    await sink.flush()
    sink.add('d')
    await sink.flush()
    expect(batches).toEqual(['a\nb\nc\n', 'd\n'])
  })

  it('goes on where a write ended in the middle', async () => {
    const { batches, write } = reader(3, 'all')
    const sink = createLineSink({ write, droppedLine })
    sink.add('abcdef')
    await sink.flush()
    expect(batches).toEqual(['abc', 'def\n'])
  })

  it('waits for a reader that is busy', async () => {
    const { batches, write } = reader('EAGAIN', 'EAGAIN', 'all')
    const sink = createLineSink({ write, droppedLine })
    sink.add('a')
    await sink.flush()
    expect(batches).toEqual(['a\n'])
    expect(sink.dropped()).toBe(0)
  })

  it.each(['EPIPE', 'ENOSPC'])(
    'counts what %s took, and says so when lines are read again',
    async (code) => {
      const { batches, write } = reader(code)
      const sink = createLineSink({ write, droppedLine })
      sink.add('a')
      sink.add('b')
      await sink.flush()
      expect(sink.dropped()).toBe(2)
      sink.add('c')
      await sink.flush()
      sink.add('d')
      await sink.flush()
      expect(batches).toEqual(['2 dropped\nc\n', 'd\n'])
    },
  )

  it('starts a new line after one that was cut off', async () => {
    const { batches, write } = reader(2, 'ENOSPC')
    const sink = createLineSink({ write, droppedLine })
    sink.add('abcdef')
    await sink.flush()
    sink.add('g')
    await sink.flush()
    expect(batches.join('')).toBe('ab\n1 dropped\ng\n')
  })

  it('keeps no more than its bound for a reader that never reads', () => {
    let writes = 0
    const sink = createLineSink({ write: () => (writes += 1), droppedLine, maxPending: 1010 })
    const add = (count: number) => {
      for (let index = 0; index < count; index += 1) sink.add('x'.repeat(100))
    }
    add(10)
    void sink.flush() // begins the write that never ends
    add(490)
    expect(writes).toBe(1)
    expect(sink.dropped()).toBe(500 - 10 - 10)
  })
})
