import { appendFileSync, mkdirSync, statSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../conformance/ledger/temporary-ledger.ts'
import { limitPlace, noteAll } from './place.ts'
import { change, dayMs, savedBook } from './some-limits.ts'

let place: ReturnType<typeof limitPlace>
beforeEach(() => {
  place = limitPlace()
})
afterEach(() => place.remove())

/** What the next process finds. */
async function found() {
  const { store, books } = place.openAsIs()
  const kept = await books.load()
  await store.close()
  const bySubject = (a: { subject: string }, b: { subject: string }) =>
    a.subject < b.subject ? -1 : 1
  return { books: [...kept.books].sort(bySubject), changes: kept.changes }
}

describe('books in SQLite', () => {
  it('are none at first', async () => {
    expect(await found()).toEqual({ books: [], changes: [] })
  })

  it('come back as they were saved, with what was noted after', async () => {
    const { store, books, note } = await place.open()
    const a = savedBook('a', 1)
    await note(change('a'), change('b', 2.5))
    await books.save([a, savedBook('b', 1), savedBook('c', 1)], [])
    await note(change('a', -1))
    const b = savedBook('b "\n|', Number.MAX_SAFE_INTEGER)
    await books.save([b], [savedBook('b', 0), { limitId: 'none', subject: 'c' }])
    await note(change('a', 3))
    await note(change('d', 4), change('a', 5))
    await store.close()
    expect(await found()).toEqual({
      books: [a, b, expect.objectContaining({ subject: 'c' })],
      changes: [change('a', 3), change('d', 4), change('a', 5)],
    })
  })

  it('come back with all changes that were noted, also by several processes in turn', async () => {
    for (let run = 1; run <= 3; run += 1) {
      const { store, note } = await place.open()
      await note(change('a', run))
      await store.close()
    }
    const { books, store, note } = place.openAsIs()
    expect((await books.load()).changes).toEqual([1, 2, 3].map((run) => change('a', run)))
    await note(change('a', 4))
    await books.save([savedBook('a', 10)], [])
    await note(change('a', 5))
    await store.close()
    const kept = await found()
    expect(kept.changes).toEqual([change('a', 5)])
    expect(kept.books).toHaveLength(1)
  })

  it('hold what was noted before they were given, however long the writing takes', async () => {
    const { store, books, note } = await place.open()
    void note(change('a', 1))
    const first = books.save([savedBook('a', 1)], [])
    void note(change('a', 2))
    const second = books.save([savedBook('a', 3)], [])
    void note(change('a', 3))
    void note(change('b', 1))
    await Promise.all([first, second])
    await store.close()
    const kept = await found()
    expect(kept.books.map(({ state }) => state['used'])).toEqual([3])
    expect(kept.changes).toEqual([change('a', 3), change('b', 1)])
  })

  it('are kept with all else of their turn, and who waits goes on after that', async () => {
    const { store, books } = await place.open()
    const seen: string[] = []
    const look = () => seen.push(place.journal())
    await new Promise<void>((resolve) => {
      noteAll(books, [change('a', 1)])
      books.noted(look)
      noteAll(books, [change('b', 2)])
      books.noted(null)
      noteAll(books, [change('a', 3)])
      books.noted(() => {
        look()
        resolve()
      })
      expect(place.journal()).toBe('')
    })
    expect(seen[0]?.split('\n')).toHaveLength(4)
    expect(seen[1]).toBe(seen[0])
    expect((await found()).changes).toEqual([change('a', 1), change('b', 2), change('a', 3)])
    await store.close()
  })

  it('hold nothing of what requests take that go on because others are kept', async () => {
    const { store, books } = await place.open()
    const goneOn = new Promise<void>((resolve) => {
      noteAll(books, [change('a', 1)])
      books.noted(() => {
        noteAll(books, [change('a', 2)])
        books.noted(resolve)
      })
    })
    await books.save([savedBook('a', 1)], [])
    await goneOn
    await store.close()
    expect((await found()).changes).toEqual([change('a', 2)])
  })

  it('are saved many at a time, in one transaction', async () => {
    const { store, books, note } = await place.open()
    const many = Array.from({ length: 1_234 }, (_, index) => savedBook(`user:${index}`, 1))
    await note(change('a'))
    await books.save(many, [])
    await books.save([], many.slice(0, 1_000))
    await store.close()
    const kept = await found()
    expect(kept.books).toHaveLength(234)
    expect(kept.changes).toEqual([])
  })

  it('leave a short journal behind', async () => {
    const { store, books, note } = await place.open()
    for (let round = 1; round <= 20; round += 1) {
      await note(change('a'))
      await books.save([savedBook('a', round)], [])
    }
    expect(place.segments()).toHaveLength(1)
    expect(place.journal()).toBe('')
    await books.save([], [])
    await store.close()
    expect(place.query('SELECT covered_sequence FROM rate_limit_journal')).toEqual([
      { covered_sequence: 20 },
    ])
  })

  it('survive a torn last line, a bad one and one that comes twice', async () => {
    const { store, note } = await place.open()
    await note(change('a', 1))
    await note(change('a', 2))
    await store.close()
    const [segment = ''] = place.segments()
    const file = path.join(place.limitsDirectory, segment)
    const lines = place.journal()
    appendFileSync(file, `{"what":\n${lines}[3,"user requests/minute","a",`)
    const next = place.openAsIs()
    expect((await next.books.load()).changes).toEqual([change('a', 1), change('a', 2)])
    expect(next.problems).toEqual([expect.stringContaining('1 unreadable lines')])
    await next.note(change('a', 3))
    await next.store.close()
    expect((await found()).changes).toEqual([1, 2, 3].map((amount) => change('a', amount)))
  })

  it('skip a row that somebody has damaged', async () => {
    const { store, books } = await place.open()
    await books.save([savedBook('a', 1), savedBook('b', 1)], [])
    await store.close()
    place.change("UPDATE rate_limit_buckets SET state = '{' WHERE subject = 'a'")
    expect((await found()).books.map(({ subject }) => subject)).toEqual(['b'])
  })

  it('lets nobody else read the journal', async () => {
    const { store, note } = await place.open()
    await note(change('a'))
    expect(statSync(place.limitsDirectory).mode & 0o777).toBe(0o700)
    for (const name of place.segments()) {
      expect(statSync(path.join(place.limitsDirectory, name)).mode & 0o777).toBe(0o600)
    }
    await store.close()
  })

  it('keep nothing that changes before they are loaded', async () => {
    const { store, note } = place.openAsIs()
    await note(change('a'))
    await store.close()
    expect(place.segments()).toEqual([])
  })

  it('are cleaned of those that nobody has used for a day', async () => {
    const { store, books } = await place.open()
    const ago = (days: number) => Date.now() - days * dayMs
    const unused = savedBook('unused', 0, { touchedAtMs: ago(1.1), resetAtMs: ago(1.05) })
    const monthly = savedBook('monthly', 9, { touchedAtMs: ago(9), resetAtMs: ago(-9) })
    const recent = savedBook('recent', 0, { touchedAtMs: ago(0.9), resetAtMs: ago(0.8) })
    await books.save([unused, monthly, recent], [])
    await store.close()
    expect((await found()).books.map(({ subject }) => subject)).toEqual(['monthly', 'recent'])
  })

  it('take figures that no database takes', async () => {
    const { store, books } = await place.open()
    const odd = { remaining: Number.NaN, capacity: Number.POSITIVE_INFINITY }
    await books.save([savedBook('a', 1, { ...odd, resetAtMs: 1e300 })], [])
    await store.close()
    expect((await found()).books[0]).toMatchObject({ subject: 'a', remaining: 0 })
  })
})

describe('two processes on one data directory', () => {
  it('count apart; the second says so and writes nothing while the first lives', async () => {
    const first = await place.open()
    await first.note(change('a', 1))
    const second = place.openAsIs()
    expect((await second.books.load()).changes).toEqual([change('a', 1)])
    expect(second.problems).toEqual([expect.stringContaining('Another gateway')])
    expect(second.store.health().state).toBe('degraded')
    await second.note(change('a', 100))
    await second.books.save([savedBook('a', 100), savedBook('b', 100)], [])
    await second.books.save([savedBook('a', 101)], [savedBook('b', 100)])
    expect(second.problems).toHaveLength(1)
    await second.store.close()
    await first.books.save([savedBook('a', 1)], [])
    await first.note(change('a', 2))
    await first.store.close()
    const kept = await found()
    expect(kept.books.map(({ state }) => state['used'])).toEqual([1])
    expect(kept.changes).toEqual([change('a', 2)])
  })

  it('let the second keep its books when the first has ended', async () => {
    const first = await place.open()
    const second = await place.open()
    await first.note(change('a', 1))
    await first.books.save([savedBook('a', 1), savedBook('b', 1)], [])
    await first.note(change('a', 1))
    await second.books.save([savedBook('a', 5), savedBook('c', 1)], [])
    await first.store.close()
    await second.books.save([savedBook('a', 7)], [])
    expect(second.store.health().state).toBe('ok')
    await second.note(change('a', 2))
    await second.store.close()
    const kept = await found()
    expect(kept.books.map(({ subject, state }) => [subject, state['used']])).toEqual([
      ['a', 7],
      ['b', 1],
      ['c', 1],
    ])
    expect(kept.changes).toEqual([change('a', 2)])
  })
})

describe('trouble with the disk', () => {
  it('is told once, and nobody waits for it', async () => {
    const disk = { full: false }
    const { store, note, problems } = await place.open({
      write(file, bytes, offset, length) {
        if (disk.full) throw Object.assign(new Error('ENOSPC: no room'), { code: 'ENOSPC' })
        return writeSync(file, bytes, offset, length)
      },
    })
    await note(change('a', 1))
    disk.full = true
    await note(change('a', 2))
    await note(change('a', 3))
    expect(problems).toEqual([expect.stringMatching(/Charges to limits.*ENOSPC/)])
    expect(store.health().state).toBe('degraded')
    disk.full = false
    await until(() => store.health().state === 'ok')
    await note(change('a', 4))
    await store.close()
    expect((await found()).changes).toEqual([1, 2, 3, 4].map((amount) => change('a', amount)))
  })

  it('does not make changes count twice that reach the disk after the books', async () => {
    const disk = { full: true }
    const { store, books, note } = await place.open({
      write(file, bytes, offset, length) {
        if (disk.full) throw Object.assign(new Error('ENOSPC: no room'), { code: 'ENOSPC' })
        return writeSync(file, bytes, offset, length)
      },
    })
    await note(change('a', 1))
    await books.save([savedBook('a', 1)], [])
    disk.full = false
    await until(() => store.health().state === 'ok')
    await note(change('a', 2))
    await store.close()
    expect(place.journal().split('\n')).toHaveLength(3)
    expect((await found()).changes).toEqual([change('a', 2)])
  })

  it('with the directory is told, and over when it is usable', async () => {
    writeFileSync(place.limitsDirectory, 'in the way')
    const { store, books, note, problems } = await place.open()
    expect(problems).toEqual([expect.stringContaining(place.limitsDirectory)])
    await note(change('a', 1))
    await books.save([savedBook('a', 1)], [])
    place.makeWay()
    mkdirSync(place.limitsDirectory)
    await books.save([savedBook('a', 2)], [])
    expect(store.health().state).toBe('ok')
    await note(change('a', 3))
    await store.close()
    const kept = await found()
    expect(kept.books.map(({ state }) => state['used'])).toEqual([2])
    expect(kept.changes).toEqual([change('a', 3)])
  })
})

describe('trouble with the database', () => {
  it('that is locked for a moment delays the saving only', async () => {
    const { store, books, note, problems } = await place.open()
    const unlock = place.lock()
    await note(change('a', 1))
    const saved = books.save([savedBook('a', 1)], [])
    await new Promise((resolve) => setTimeout(resolve, 600))
    unlock()
    await saved
    expect(problems).toEqual([])
    expect(place.journal()).toBe('')
    await store.close()
    expect((await found()).books).toHaveLength(1)
  })

  it('that stays locked is told, and nothing is lost', { timeout: 60_000 }, async () => {
    const { store, books, note, problems } = await place.open()
    const unlock = place.lock()
    await note(change('a', 1))
    await books.save([savedBook('a', 1), savedBook('b', 1)], [])
    expect(problems).toContainEqual(expect.stringContaining('cannot be saved'))
    await note(change('a', 2))
    unlock()
    await books.save([savedBook('a', 3)], [])
    expect(store.health().state).toBe('ok')
    await note(change('a', 4))
    await store.close()
    const kept = await found()
    expect(kept.books.map(({ state }) => state['used'])).toEqual([3, 1])
    expect(kept.changes).toEqual([change('a', 4)])
  })

  it('that is locked at the end leaves it to the next start', { timeout: 60_000 }, async () => {
    const { store, books, note } = await place.open()
    await books.save([savedBook('a', 1)], [])
    const unlock = place.lock()
    await note(change('a', 2))
    void books.save([savedBook('a', 3)], [])
    await store.close()
    unlock()
    const kept = await found()
    expect(kept.books.map(({ state }) => state['used'])).toEqual([1])
    expect(kept.changes).toEqual([change('a', 2)])
  })

  it('that is none begins anew, says so, and waits for one', { timeout: 60_000 }, async () => {
    writeFileSync(place.databasePath, 'this is no database, but long enough to be read as one')
    const { store, books, note, problems } = place.openAsIs()
    expect(await books.load()).toEqual({ books: [], changes: [] })
    expect(problems).toContainEqual(expect.stringContaining('count anew'))
    await note(change('a', 1))
    writeFileSync(place.databasePath, '')
    await books.save([savedBook('a', 1)], [])
    await note(change('a', 2))
    await store.close()
    const kept = await found()
    expect(kept.books).toHaveLength(1)
    expect(kept.changes).toEqual([change('a', 2)])
  })
})
