import { describe, expect, it } from 'vitest'
import { changeOfText, textOfChange } from '../../../../src/adapters/state/redis/fleet-text.ts'
import { amongAll, withoutStrict } from '../../../../src/adapters/state/redis/local-share.ts'
import { limitOfText, textOfLimit } from '../../../../src/adapters/state/redis/set-limit-text.ts'
import { charge, slidingLimit } from '../../../conformance/limits/limits.ts'

describe('what gateways tell each other', () => {
  const change = { target: 'a/b', to: 'open', because: 'it "broke"', forMs: 12.5 } as const

  it('is read as it was written, by others', () => {
    const text = textOfChange('one', change)
    expect(changeOfText('other', text)).toEqual({ ...change, forMs: 13 })
    expect(changeOfText('one', text)).toBeNull()
  })

  it.each(['', '[]', '{}', '{"target":"a","to":"on","because":"","forMs":1}', '{"target":"a"}'])(
    'is nothing where it cannot be read: %s',
    (text) => {
      expect(changeOfText('other', text)).toBeNull()
    },
  )
})

describe('a limit set at run time', () => {
  const quota = {
    id: 'user:bob concurrent',
    scope: 'user',
    value: 'bob',
    metric: 'concurrent',
    per: null,
    amount: 3,
    burst: 0,
    expiresAtMs: 5,
    setAtMs: 1,
    setBy: 'me',
  } as const

  it('is read as it was written', () => {
    expect(limitOfText(textOfLimit(quota))).toEqual(quota)
  })

  it.each([
    { ...quota, scope: 'planet' },
    { ...quota, metric: 'requests' },
    { ...quota, per: 'day' },
    { ...quota, amount: 0 },
    { ...quota, amount: 'many' },
    { ...quota, amount: 1e16 },
    { ...quota, burst: 9e15 },
    { ...quota, id: null },
  ])('is none where it makes no sense: %o', (odd) => {
    expect(limitOfText(JSON.stringify(odd))).toBeNull()
  })
})

describe('without the shared books', () => {
  const soft = charge(slidingLimit('soft', { amount: 1 }))
  const strict = charge(slidingLimit('strict', { amount: 1, strict: true }))
  const decide = (charges: readonly (typeof soft)[], options: readonly (typeof soft)[][]) =>
    withoutStrict({ ticket: 'wb_1', charges, options })

  it('strict limits of the caller decide, and options without any are left', () => {
    expect(decide([soft, strict], [])).toEqual({ unavailable: strict.limit })
    expect(decide([soft], [[strict]])).toEqual({ unavailable: strict.limit })
    const decidable = decide([soft], [[strict], [soft, strict], [soft]])
    if ('unavailable' in decidable) throw new Error('one option is left')
    expect(decidable.borrowing.options).toEqual([[soft]])
    const decided = { granted: true, option: 0, at: 1, readings: [] } as const
    expect(amongAll(decided, decidable.options)).toMatchObject({ option: 2 })
    expect(amongAll({ ...decided, option: -1 }, [])).toMatchObject({ option: -1 })
  })
})
