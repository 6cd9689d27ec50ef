import { describe, expect, it } from 'vitest'
import { corrected, taken } from '../../../../src/adapters/state/redis/change.ts'
import { Deeds, noteOf } from '../../../../src/adapters/state/redis/deeds.ts'
import { TermsOfLimits } from '../../../../src/adapters/state/redis/terms.ts'
import { Unsent } from '../../../../src/adapters/state/redis/unsent.ts'
import {
  calendarLimit,
  charge,
  concurrentLimit,
  slidingLimit,
} from '../../../conformance/limits/limits.ts'

const minute = slidingLimit('minute', { amount: 100 })
const day = calendarLimit('day', 'day', { amount: 100 })
const places = concurrentLimit('places', 5)
const stretchMs = 60_000 / 128

describe('changes that Redis has not been told of', () => {
  const unsent = () => new Unsent(new TermsOfLimits('b:'))

  it('are added up where they count in the same slot', () => {
    const changes = unsent()
    for (let each = 0; each < 1_000; each++) {
      changes.add(taken(charge(minute, 3), 3, 128 * stretchMs + (each % 100)))
    }
    const ticket = 'wb_1'
    changes.add(corrected({ ticket, charge: charge(minute, 3), actual: 1, at: 128 * stretchMs }))
    expect(changes.size).toBe(1)
    expect(changes.take(10)).toMatchObject([{ amount: 2_998, reserved: 2_997 }])
    expect(changes.size).toBe(0)
  })

  it('are kept apart by book and slot, and given back places by ticket', () => {
    const changes = unsent()
    changes.add(taken(charge(minute), 1, 0))
    changes.add(taken(charge(minute), 1, stretchMs))
    changes.add(taken(charge(minute, 1, 'user:bob'), 1, 0))
    changes.add(taken(charge(day), 1, 0))
    for (const ticket of ['wb_1', 'wb_2', 'wb_1']) {
      changes.add(corrected({ ticket, charge: charge(places), actual: 0, at: 0 }))
    }
    expect(changes.size).toBe(6)
    expect(changes.take(4)).toHaveLength(4)
    expect(changes.take(4).map(({ ticket }) => ticket)).toEqual(['wb_1', 'wb_2'])
  })

  it('are forgotten where they are told otherwise', () => {
    const changes = unsent()
    changes.add(taken(charge(minute), 1, 0))
    changes.add(taken(charge(day), 1, 0))
    changes.drop(({ limit }) => limit.window.kind === 'sliding')
    expect(changes.take(9)).toMatchObject([{ limit: day }])
  })
})

describe('what was sent and not answered', () => {
  const charges = [charge(minute, 5), charge(places)]
  const options = [[charge(day, 1)], [charge(day, 2)]]
  const borrowing = { ticket: 'wb_1', charges, options }
  const change = taken(charge(minute, 7), 7, 50)

  it('is given back if it was done after all, for the request has had another answer', () => {
    const deeds = new Deeds()
    const number = deeds.next()
    deeds.doubt({ number, borrowing })
    expect(deeds.resolve([`${number}:1:400`])).toMatchObject([
      { limit: minute, amount: -5, atMs: 400, ticket: null },
      { limit: places, ticket: 'wb_1' },
      { limit: day, amount: -2, reserved: -2 },
    ])
    expect(deeds.doubtful).toEqual([])
  })

  it('is nothing to give back if it was not done', () => {
    const deeds = new Deeds()
    deeds.doubt({ number: deeds.next(), borrowing })
    expect(deeds.resolve([''])).toEqual([])
    deeds.doubt({ number: 2_049 + deeds.next(), borrowing })
    expect(deeds.resolve(['3:0:400'])).toEqual([])
  })

  it('is told again where it must not be forgotten, and only if it was not done', () => {
    const deeds = new Deeds()
    const numbers = [deeds.next(), deeds.next()]
    for (const number of numbers) deeds.doubt({ number, changes: [change] })
    expect(deeds.resolve([`${numbers[0]}:0:1`, ''])).toEqual([change])
  })

  it('is looked for where it would be noted', () => {
    expect(noteOf(7)).toBe('7')
    expect(noteOf(2_048 + 7)).toBe('7')
  })
})
