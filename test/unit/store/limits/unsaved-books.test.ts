import { describe, expect, it } from 'vitest'
import { createUnsavedBooks } from '../../../../src/adapters/store/limits/unsaved-books.ts'
import { savedBook } from '../../../integration/limit-store/some-limits.ts'

const a = savedBook('a', 1)
const b = savedBook('b', 1)
const d = savedBook('d', 1)
const name = ({ limitId, subject }: typeof a) => ({ limitId, subject })

describe('books that wait to be saved', () => {
  it('are taken once, each as it was given last', () => {
    const unsaved = createUnsavedBooks()
    unsaved.add({ books: [a, b], removed: [] })
    const later = savedBook('a', 2)
    unsaved.add({ books: [later], removed: [name(b)] })
    expect(unsaved.take()).toEqual({ books: [later], removed: [name(b)] })
    expect(unsaved.take()).toBeNull()
  })

  it('stay, where one was removed and began anew', () => {
    const unsaved = createUnsavedBooks()
    unsaved.add({ books: [a], removed: [name(a)] })
    expect(unsaved.take()).toEqual({ books: [a], removed: [] })
  })

  it('wait again when they could not be written, unless there is something newer', () => {
    const unsaved = createUnsavedBooks()
    const removedThen = { limitId: 'c', subject: 'c' }
    const newer = savedBook('b', 2)
    unsaved.add({ books: [newer], removed: [name(a)] })
    unsaved.putBack({ books: [a, b, d], removed: [removedThen, name(b)] })
    expect(unsaved.take()).toEqual({
      books: [newer, d],
      removed: [name(a), removedThen],
    })
  })

  it('can be dropped', () => {
    const unsaved = createUnsavedBooks()
    unsaved.add({ books: [a, b], removed: [] })
    unsaved.drop([name(a)])
    expect(unsaved.take()).toEqual({ books: [b], removed: [] })
  })
})
