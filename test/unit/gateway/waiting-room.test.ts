import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Charge, Denial, Limit } from '../../../src/core/limits/limit.ts'
import { createWaitingRoom, type Waiter } from '../../../src/gateway/waiting-room.ts'
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts'
import { aLimit } from '../core/limits/some-limits.ts'

const perMinute = aLimit(['policy'], {}, { amount: 2 })
const perHour = aLimit(['user'], {}, { per: 'hour', amount: 2 })
const atOnce = aLimit(['client'], {}, { metric: 'concurrent', per: null, amount: 2 })

/** A book that gives back each unit a minute after it was taken. */
class Book {
  readonly limit: Limit
  readonly #clock: VirtualClock
  #taken: number[] = []

  constructor(clock: VirtualClock, limit: Limit = perMinute) {
    this.#clock = clock
    this.limit = limit
  }

  take(): Denial | null {
    const nowMs = this.#clock.monotonicMs()
    this.#taken = this.#taken.filter((atMs) => atMs + 60_000 > nowMs)
    const [oldest = nowMs] = this.#taken
    if (this.#taken.length >= this.limit.amount) {
      return denialOf(this.limit, oldest + 60_000 - nowMs)
    }
    this.#taken.push(nowMs)
    return null
  }

  giveBack(): void {
    this.#taken.shift()
  }
}

const denialOf = (limit: Limit, retryAfterMs: number | null): Denial => ({
  limit,
  subject: 'x',
  needed: 1,
  remaining: 0,
  retryAfterMs,
})

const chargeOn = (limit: Limit): Charge => ({ limit, subject: 'x', amount: 1, least: 1 })

/** Something came back to the book of this limit. */
const back = (limit: Limit) => [{ ticket: 't', charge: chargeOn(limit), actual: 0, at: 0 }]

interface Guest extends Waiter {
  readonly told: string[]
}

interface Visit {
  readonly client?: string
  readonly queue?: string
  readonly most?: number
  readonly forMs?: number
}

function stage() {
  const clock = virtualClock()
  const room = createWaitingRoom(clock)
  /** Who got what they waited for, in order, and when. */
  const served: [string, number][] = []
  let guests = 0

  const guest = (take: () => Denial | null, visit: Visit = {}): Guest => {
    const { client = 'a', queue = '', most = 10_000, forMs = 600_000 } = visit
    const name = `${client}${guests++}`
    const told: string[] = []
    return {
      client,
      queue,
      most,
      untilMs: clock.monotonicMs() + forMs,
      told,
      ask(answer) {
        const denial = take()
        if (denial === null) {
          told.push('served')
          served.push([name, clock.monotonicMs()])
        }
        answer(denial)
      },
      sentAway: (_, because) => void told.push(because),
    }
  }
  /** Asks once, and enters the room when denied. */
  const come = (take: () => Denial | null, visit: Visit = {}): Guest => {
    const one = guest(take, visit)
    one.ask((denial) => {
      if (denial !== null && !room.enter(one, denial)) one.told.push('refused')
    })
    return one
  }
  return { clock, room, served, guest, come }
}

describe('one who waits', () => {
  it('is served when there is room again, and not before', () => {
    const { clock, room, served, come } = stage()
    const book = new Book(clock)
    for (const at of [0, 10_000, 20_000, 5_000]) {
      clock.advance(at)
      come(() => book.take())
    }
    expect(served.map(([, atMs]) => atMs)).toEqual([0, 10_000])
    expect(room.size()).toBe(2)
    clock.advance(24_999)
    expect(served).toHaveLength(2)
    clock.advance(1)
    expect(served[2]).toEqual(['a2', 60_000])
    clock.advance(10_000)
    expect(served[3]).toEqual(['a3', 70_000])
    expect([room.size(), clock.waiting()]).toEqual([0, 0])
  })

  it('is not let in where waiting is hopeless', () => {
    const { clock, room, guest } = stage()
    const one = guest(() => null, { forMs: 5_000 })
    expect(room.enter(one, denialOf(perMinute, 5_000))).toBe(false)
    expect(room.enter(one, denialOf(perMinute, null))).toBe(false)
    expect([room.size(), clock.waiting()]).toEqual([0, 0])
  })

  it('is sent away when its time is over, and told how long it would have been', () => {
    const { clock, room, guest } = stage()
    const leftMs: (number | null)[] = []
    const one = guest(() => denialOf(atOnce, 1_000), { forMs: 600 })
    one.sentAway = ({ retryAfterMs }, because) => {
      leftMs.push(retryAfterMs)
      one.told.push(because)
    }
    expect(room.enter(one, denialOf(atOnce, 1_000))).toBe(true)
    clock.advance(599)
    expect(one.told).toEqual([])
    clock.advance(1)
    expect(one.told).toEqual(['late'])
    expect(leftMs).toEqual([150])
    expect([room.size(), clock.waiting()]).toEqual([0, 0])
  })

  it('is sent away as soon as waiting has become hopeless', () => {
    const { clock, come } = stage()
    const book = new Book(clock)
    come(() => book.take())
    come(() => book.take())
    let denial: Denial | null = denialOf(perMinute, 20_000)
    const one = come(() => denial, { forMs: 30_000 })
    denial = denialOf(perMinute, 10_001)
    clock.advance(20_000)
    expect(one.told).toEqual(['late'])
    expect(clock.waiting()).toBe(0)
  })

  it('leaves nothing behind when its client goes, and makes way for the next', () => {
    const { clock, room, guest, served } = stage()
    const gone = guest(() => denialOf(perMinute, 50_000))
    room.enter(gone, denialOf(perMinute, 50_000))
    room.enter(
      guest(() => null),
      denialOf(perMinute, 50_000),
    )
    room.leave(gone)
    room.leave(gone)
    clock.advance(0)
    expect(served).toHaveLength(1)
    expect(gone.told).toEqual([])
    expect([room.size(), clock.waiting()]).toEqual([0, 0])
  })

  it('goes on waiting for another limit that denies it then', () => {
    const { clock, served, come } = stage()
    const denials = [denialOf(perMinute, 1_000), denialOf(perHour, 7_000), null]
    come(() => denials.shift() ?? null)
    clock.advance(1_000)
    expect(served).toEqual([])
    clock.advance(7_000)
    expect(served).toEqual([['a0', 8_000]])
    expect(clock.waiting()).toBe(0)
  })

  it('asks again when something was given back', () => {
    const { clock, room, served, come } = stage()
    const book = new Book(clock)
    for (let count = 0; count < 3; count++) come(() => book.take())
    clock.advance(1_000)
    book.giveBack()
    room.settled(back(perHour))
    room.settled([{ ticket: 't', charge: chargeOn(perMinute), actual: 1, at: 0 }])
    clock.advance(0)
    expect(served).toHaveLength(2)
    room.settled(back(perMinute))
    expect(served).toHaveLength(2)
    clock.advance(0)
    expect(served[2]).toEqual(['a2', 1_000])
  })

  it('looks by itself whether a running request has ended elsewhere', () => {
    const { clock, served, come } = stage()
    let asked = 0
    come(() => (asked++ < 4 ? denialOf(atOnce, 60_000) : null))
    clock.advance(999)
    expect(served).toHaveLength(0)
    clock.advance(1)
    expect(served).toHaveLength(1)
  })
})

describe('the queue', () => {
  it('takes as many as it is large, and each policy has its own', () => {
    const { room, come } = stage()
    const full = () => denialOf(perMinute, 1_000)
    const told = ['', '', '', 'x', 'x'].map((queue) => come(full, { queue, most: 2 }).told)
    expect(told.flat()).toEqual(['refused'])
    expect(room.size()).toBe(4)
  })

  it('starves nobody, however much another sends', () => {
    const { clock, served, come } = stage()
    const book = new Book(clock)
    for (let count = 0; count < 1002; count++)
      come(() => book.take(), { client: 'busy', forMs: 1e8 })
    clock.advance(1_000)
    const before = served.length
    come(() => book.take(), { client: 'quiet' })
    clock.advance(60_000)
    expect(served.slice(before).map(([name]) => name)).toContain('quiet1002')
    clock.advance(1e8)
    expect(served).toHaveLength(1003)
    expect(clock.waiting()).toBe(0)
  })

  it('is what a newcomer stands behind', () => {
    const { clock, room, come } = stage()
    const charges = [chargeOn(perHour), chargeOn(perMinute)]
    expect(room.ahead(charges)).toBeNull()
    const one = come(() => denialOf(perMinute, 4_000))
    clock.advance(1_000)
    expect(room.ahead(charges)).toEqual(denialOf(perMinute, 3_000))
    expect(room.ahead([chargeOn(perHour)])).toBeNull()
    room.leave(one)
    expect(room.ahead(charges)).toBeNull()
  })

  it('does not let a large request be passed by small ones', () => {
    const { clock, served, come } = stage()
    let left = 0
    const take = (needed: number) => () => {
      if (left < needed) return { ...denialOf(perMinute, 1_000), needed }
      left -= needed
      return null
    }
    come(take(3), { client: 'large' })
    for (let count = 0; count < 5; count++) come(take(1), { client: 'small' })
    for (let second = 1; second <= 3; second++) {
      left++
      clock.advance(1_000)
    }
    expect(served).toEqual([['large0', 3_000]])
  })

  it('empties when the gateway stops, and stays closed', () => {
    const { clock, room, come } = stage()
    const waiting = [1, 2, 3].map(() => come(() => denialOf(perMinute, 1_000)))
    room.close()
    expect(waiting.map(({ told }) => told)).toEqual([['stopping'], ['stopping'], ['stopping']])
    expect(come(() => denialOf(perMinute, 1_000)).told).toEqual(['refused'])
    expect([room.size(), clock.waiting()]).toEqual([0, 0])
  })
})

describe('a state that answers later', () => {
  /** Waiters whose questions are open until the test answers them. */
  function slow() {
    const { clock, room, guest } = stage()
    const open: { name: string; answer: (denial: Denial | null) => void }[] = []
    const enter = (name: string): Guest => {
      const one = guest(() => null)
      one.ask = (answer) => void open.push({ name, answer })
      room.enter(one, denialOf(perMinute, 1_000))
      return one
    }
    return { clock, room, open, enter, names: () => open.map(({ name }) => name) }
  }

  it('is asked by one at a time', () => {
    const { clock, enter, open, names } = slow()
    for (const name of ['one', 'two']) enter(name)
    clock.advance(5_000)
    expect(names()).toEqual(['one'])
    open[0]?.answer(null)
    expect(names()).toEqual(['one', 'two'])
  })

  it('is asked again when something came back while it was asked', () => {
    const { clock, room, enter, open, names } = slow()
    enter('one')
    clock.advance(1_000)
    room.settled(back(perMinute))
    open[0]?.answer(denialOf(perMinute, 30_000))
    expect(names()).toEqual(['one', 'one'])
    open[1]?.answer(denialOf(perMinute, 30_000))
    clock.advance(29_999)
    expect(names()).toHaveLength(2)
    clock.advance(1)
    expect(names()).toHaveLength(3)
  })

  it('does not hold up the others when the one that asked has left', () => {
    const { clock, room, enter, open, names } = slow()
    const gone = enter('gone')
    enter('next')
    clock.advance(1_000)
    room.leave(gone)
    clock.advance(60_000)
    expect(names()).toEqual(['gone'])
    open[0]?.answer(null)
    expect(names()).toEqual(['gone', 'next'])
    open[1]?.answer(null)
    expect([room.size(), clock.waiting()]).toEqual([0, 0])
  })
})

/** What a random day in the room did. */
interface Told {
  readonly client: string
  readonly arrivedMs: number
  readonly untilMs: number
  readonly ends: [how: string, atMs: number][]
}

interface Arrival {
  readonly afterMs: number
  readonly client: string
  readonly forMs: number
  readonly leavesAfterMs: number | null
}

const arrivals: fc.Arbitrary<Arrival[]> = fc.array(
  fc.record({
    afterMs: fc.nat(4_000),
    client: fc.constantFrom('a', 'b', 'c'),
    forMs: fc.integer({ min: 1, max: 90_000 }),
    leavesAfterMs: fc.option(fc.nat(90_000), { nil: null }),
  }),
  { maxLength: 60 },
)

/** Each arrives at its time, gets in line behind others, and waits as long as it may. */
function spend(all: readonly Arrival[]) {
  const { clock, room, guest } = stage()
  const book = new Book(clock)
  const told: Told[] = []
  for (const { afterMs, client, forMs, leavesAfterMs } of all) {
    clock.advance(afterMs)
    const arrivedMs = clock.monotonicMs()
    const one: Told = { client, arrivedMs, untilMs: arrivedMs + forMs, ends: [] }
    told.push(one)
    const end = (how: string) => void one.ends.push([how, clock.monotonicMs()])
    const waiter = guest(() => null, { client, forMs })
    waiter.ask = (answer) => {
      const denial = book.take()
      if (denial === null) end('served')
      answer(denial)
    }
    waiter.sentAway = (_, because) => end(because)
    const wait = (denial: Denial | null) => {
      if (denial !== null && !room.enter(waiter, denial)) end('refused')
    }
    const ahead = room.ahead([chargeOn(perMinute)])
    if (ahead === null) waiter.ask(wait)
    else wait(ahead)
    if (leavesAfterMs === null) continue
    clock.after(leavesAfterMs, () => {
      if (one.ends.length > 0) return
      room.leave(waiter)
      end('left')
    })
  }
  clock.advance(1e6)
  return { told, clock, room }
}

describe('whatever comes and goes', () => {
  it('ends once for each, in time, and in order for each client', () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        const { told, clock, room } = spend(all)
        for (const { ends, untilMs } of told) {
          expect(ends).toHaveLength(1)
          expect(ends[0]?.[1]).toBeLessThanOrEqual(untilMs)
        }
        const served = told.filter(({ ends }) => ends[0]?.[0] === 'served')
        for (const client of ['a', 'b', 'c']) {
          const times = served
            .filter((one) => one.client === client)
            .map(({ ends }) => ends[0]?.[1])
          expect(times).toEqual(times.toSorted((one, other) => (one ?? 0) - (other ?? 0)))
        }
        // A limit of two per minute, in every stretch of a minute.
        const times = served.map(({ ends }) => ends[0]?.[1] ?? 0).sort((one, other) => one - other)
        for (const [at, time] of times.entries()) {
          const third = times[at + 2]
          if (third !== undefined) expect(third - time).toBeGreaterThanOrEqual(60_000)
        }
        expect([room.size(), clock.waiting()]).toEqual([0, 0])
      }),
    )
  })
})
