import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createShelf } from '../../../src/adapters/state/memory/shelf.ts'
import { SubjectIndex } from '../../../src/adapters/state/memory/subject-index.ts'
import { slidingLimit } from '../../conformance/limits/limits.ts'

const shelves = [1, 2].map((number) =>
  createShelf(slidingLimit(`${number}`, { amount: 1 }), number),
)

describe('the index of subjects', () => {
  it('finds what a map would find, whatever comes and goes', () => {
    const change = fc.record({ shelf: fc.nat({ max: 1 }), name: fc.nat({ max: 400 }) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 500, maxLength: 3_000 }), (changes) => {
        const index = new SubjectIndex()
        const known = new Map<string, number>()
        const free: number[] = []
        let top = 0
        for (const { shelf: number, name } of changes) {
          const shelf = shelves[number] ?? shelves[0]
          if (shelf === undefined) throw new Error('there are two shelves')
          const subject = `user:${name}`
          const key = `${number} ${subject}`
          const book = known.get(key)
          expect(index.find(shelf, subject)).toBe(book ?? 0)
          if (book === undefined) {
            const row = free.pop() ?? ++top
            index.add(shelf, subject, row)
            known.set(key, row)
            expect(index.shelfOf(row)).toBe(shelf)
            expect(index.subjectOf(row)).toBe(subject)
          } else {
            index.remove(book)
            known.delete(key)
            free.push(book)
            expect(index.shelfOf(book)).toBeUndefined()
          }
        }
      }),
      { seed: 20_261_120, numRuns: 30 },
    )
  })

  it('finds every one of very many', () => {
    const [shelf] = shelves
    if (shelf === undefined) throw new Error('there are two shelves')
    const index = new SubjectIndex()
    for (let book = 1; book <= 50_000; book++) index.add(shelf, `ip:10.0.${book}`, book)
    for (let book = 1; book <= 50_000; book++) {
      if (index.find(shelf, `ip:10.0.${book}`) !== book) throw new Error(`${book} is lost`)
    }
    expect(index.find(shelf, 'ip:10.0.50001')).toBe(0)
  })
})
