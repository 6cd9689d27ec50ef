import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type InTurn, TurnQueue } from '../../../../src/core/limits/turn-queue.ts'

const one = (client: string, arrival: number): InTurn => ({ client, arrival })

function serveAll(queue: TurnQueue<InTurn>): string[] {
  const served: string[] = []
  for (let next = queue.head(); next !== null; next = queue.head()) {
    served.push(`${next.client}${next.arrival}`)
    queue.served(next)
  }
  return served
}

describe('a queue in turns', () => {
  it('serves clients in turn, and each in order', () => {
    const queue = new TurnQueue<InTurn>()
    for (const [at, client] of ['a', 'a', 'a', 'b', 'c', 'b'].entries()) {
      queue.enter(one(client, at))
    }
    expect(serveAll(queue)).toEqual(['a0', 'b3', 'c4', 'a1', 'b5', 'a2'])
  })

  it('lets one with a single request pass a thousand of another', () => {
    const queue = new TurnQueue<InTurn>()
    for (let at = 0; at < 1000; at++) queue.enter(one('busy', at))
    queue.enter(one('quiet', 1000))
    expect(serveAll(queue).indexOf('quiet1000')).toBe(1)
  })

  it('does not skip the head, however often it is asked for', () => {
    const queue = new TurnQueue<InTurn>()
    queue.enter(one('large', 0))
    queue.enter(one('small', 1))
    expect([queue.head(), queue.head()].map((next) => next?.client)).toEqual(['large', 'large'])
  })

  it('takes out whoever leaves, and changes no turn by it', () => {
    const queue = new TurnQueue<InTurn>()
    const all = ['a', 'a', 'b'].map(one)
    for (const waiting of all) queue.enter(waiting)
    const [first] = all
    expect(first !== undefined && queue.leave(first)).toBe(true)
    expect(first !== undefined && queue.leave(first)).toBe(false)
    expect(serveAll(queue)).toEqual(['a1', 'b2'])
    expect(queue.head()).toBeNull()
  })

  it('gives one that comes from another queue its place', () => {
    const queue = new TurnQueue<InTurn>()
    for (const waiting of [one('a', 5), one('a', 9), one('a', 7), one('a', 1)]) queue.enter(waiting)
    expect(serveAll(queue)).toEqual(['a1', 'a5', 'a7', 'a9'])
  })

  it('never serves a client twice while another waits for its turn', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd').map((client) => ({ client })) },
        { weight: 2, arbitrary: fc.constant('serve' as const) },
        { weight: 1, arbitrary: fc.nat(50).map((leaves) => ({ leaves })) },
      ),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new TurnQueue<InTurn>()
        const waiting: InTurn[] = []
        const sinceTheirTurn = new Map<string, Map<string, number>>()
        for (const [at, step] of all.entries()) {
          if (step === 'serve') {
            const next = queue.head()
            expect(next === null).toBe(waiting.length === 0)
            if (next === null) continue
            const ofClient = waiting.filter(({ client }) => client === next.client)
            expect(next).toBe(ofClient[0])
            queue.served(next)
            waiting.splice(waiting.indexOf(next), 1)
            for (const client of new Set(waiting.map((other) => other.client))) {
              if (client === next.client) continue
              const passes = sinceTheirTurn.get(client) ?? new Map<string, number>()
              passes.set(next.client, (passes.get(next.client) ?? 0) + 1)
              sinceTheirTurn.set(client, passes)
              expect(passes.get(next.client)).toBeLessThanOrEqual(1)
            }
            sinceTheirTurn.delete(next.client)
          } else if ('client' in step) {
            const fresh = one(step.client, at)
            queue.enter(fresh)
            waiting.push(fresh)
          } else {
            const left = waiting[step.leaves]
            if (left === undefined) continue
            expect(queue.leave(left)).toBe(true)
            waiting.splice(step.leaves, 1)
          }
          for (const client of sinceTheirTurn.keys()) {
            if (!waiting.some((other) => other.client === client)) sinceTheirTurn.delete(client)
          }
        }
      }),
    )
  })
})
