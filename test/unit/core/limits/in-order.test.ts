import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InOrder } from '../../../../src/core/limits/in-order.ts'

function taught(): { turns: InOrder<number>; lessons: number[] } {
  const lessons: number[] = []
  return { turns: new InOrder((lesson: number) => lessons.push(lesson)), lessons }
}

describe('lessons in order', () => {
  it('wait until all that began before have ended', () => {
    const { turns, lessons } = taught()
    const [long, short, next] = [turns.begin(), turns.begin(), turns.begin()]
    turns.end(short, 2)
    turns.end(next, 3)
    expect(lessons).toEqual([])
    turns.end(long, 1)
    expect(lessons).toEqual([1, 2, 3])
    expect(turns.empty).toBe(true)
  })

  it('do not wait for what has nothing to teach', () => {
    const { turns, lessons } = taught()
    const [failed, good] = [turns.begin(), turns.begin()]
    turns.end(failed, null)
    turns.end(good, 7)
    expect(lessons).toEqual([7])
  })

  it('do not wait for ever for one that hangs, and take its lesson when it comes', () => {
    const { turns, lessons } = taught()
    const hanging = turns.begin()
    for (let i = 0; i < 40; i++) turns.end(turns.begin(), i)
    expect(lessons).toEqual(Array.from({ length: 40 }, (_, i) => i))
    turns.end(hanging, 99)
    expect(lessons.at(-1)).toBe(99)
    expect(turns.empty).toBe(true)
  })

  it('are kept for no more than a thousand that are under way', () => {
    const { turns, lessons } = taught()
    const begun = Array.from({ length: 3_000 }, () => turns.begin())
    for (const [index, turn] of begun.entries()) turns.end(turn, index)
    expect(lessons.toSorted((a, b) => a - b)).toEqual(begun.map((_, index) => index))
    expect(turns.empty).toBe(true)
  })

  it('are taught once each, whatever ends when and how often', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(200)), { maxLength: 300 })
    fc.assert(
      fc.property(steps, (all) => {
        const { turns, lessons } = taught()
        const begun: ReturnType<typeof turns.begin>[] = []
        for (const [begins, index] of all) {
          const ending = begun[index]
          if (begins || ending === undefined) begun.push(turns.begin())
          else turns.end(ending, index)
        }
        for (const [index, turn] of begun.entries()) turns.end(turn, index)
        expect(lessons.toSorted((a, b) => a - b)).toEqual(begun.map((_, index) => index))
        expect(turns.empty).toBe(true)
      }),
    )
  })
})
