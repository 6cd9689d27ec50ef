import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byKey, Keyed, noScores } from '../../../../src/core/plan/ranked.ts'
import { aCandidate } from '../plans.ts'

const figure = fc.constantFrom(Number.NEGATIVE_INFINITY, -1, -0, 0, 0.1, 0.3, 2)
const entries = fc.uniqueArray(fc.record({ id: fc.nat(200), key: figure, tie: figure }), {
  maxLength: 90,
  selector: ({ id }) => id,
})

describe('byKey', () => {
  it('sorts by key, then tie, then name, however many there are', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const keyed = given.map(
          ({ id, key, tie }) => new Keyed(aCandidate(`p${id}/m`), key, tie, null, noScores),
        )
        const sorted = keyed.toSorted((a, b) => {
          if (a.key !== b.key) return a.key > b.key ? -1 : 1
          if (a.tie !== b.tie) return a.tie > b.tie ? -1 : 1
          return a.candidate.target.name < b.candidate.target.name ? -1 : 1
        })
        expect(byKey(keyed)).toEqual(sorted)
      }),
    )
  })
})
