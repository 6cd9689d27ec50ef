import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventQueue } from '../../../src/sim/event-queue.ts'

describe('the event queue', () => {
  it('calls in order of time, and of events at one instant in the order they were made', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const queue = createEventQueue()
        const happened: { time: number; made: number }[] = []
        for (const [made, time] of times.entries()) {
          queue.at(time, () => happened.push({ time: queue.nowMs(), made }))
        }
        queue.run()
        const expected = times
          .map((time, made) => ({ time, made }))
          .sort((a, b) => a.time - b.time || a.made - b.made)
        expect(happened).toEqual(expected)
      }),
    )
  })

  it('takes new events while it runs, those of the past at once', () => {
    const queue = createEventQueue()
    const happened: string[] = []
    queue.at(10, () => {
      queue.at(5, () => happened.push(`late at ${queue.nowMs()}`))
      queue.at(20, () => happened.push(`next at ${queue.nowMs()}`))
    })
    queue.run()
    expect(happened).toEqual(['late at 10', 'next at 20'])
  })

  it('passes over what was cancelled', () => {
    const queue = createEventQueue()
    const happened: string[] = []
    const cancelled = queue.at(1, () => happened.push('cancelled'))
    queue.at(0, () => cancelled.cancel())
    queue.at(2, () => happened.push('kept'))
    queue.run()
    expect(happened).toEqual(['kept'])
    expect(queue.nowMs()).toBe(2)
  })
})
