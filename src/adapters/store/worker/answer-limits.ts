import type { BookName, SavedBook } from '../../../gateway/book-store.ts'
import { readChanges, removeSegments } from '../limits/read-changes.ts'
import type { LimitTables } from '../sqlite/limits/limit-tables.ts'
import type { LimitQuestion, SaveBooks } from './limit-messages.ts'
import type { Answer, FromWorker } from './messages.ts'

/** Answers questions about limits; throws where the database cannot be used. */
export function createLimitAnswers(
  tables: () => LimitTables,
  report: (message: FromWorker) => void,
): (question: LimitQuestion) => Answer {
  const gather = createGathering()

  function save(question: SaveBooks): Answer {
    const { books, removed } = gather(question)
    if (question.end !== null) {
      const { sequence, directory, segment } = question.end
      tables().books.save(books, removed, sequence, Date.now())
      removeSegments(directory, segment)
    }
    return done
  }

  function load(directory: string): Answer {
    const { books, sequence } = tables().books.load()
    const read = readChanges(directory, sequence)
    if (read.unreadable > 0) {
      const message = `${read.unreadable} unreadable lines in ${directory} skipped: what they took from limits is forgotten.`
      report({ type: 'problem', message })
    }
    return { kind: 'books', books, changes: read.changes, sequence: read.sequence }
  }

  return (question) => {
    switch (question.kind) {
      case 'load-books':
        return load(question.directory)
      case 'save-books':
        return save(question)
      case 'load-set-limits':
        return { kind: 'set-limits', limits: tables().set.load(Date.now()) }
      case 'changed-set-limits':
        return { kind: question.kind, limits: tables().set.changedElsewhere(Date.now()) }
      case 'put-set-limit':
        tables().set.put(question.limit)
        return done
      case 'remove-set-limit':
        return { kind: 'removed', count: tables().set.remove(question.id) ? 1 : 0 }
      case 'configured-limits':
        tables().configured(question.limits)
        return done
      case 'report-limits':
        tables().reports.add(question.stats, question.violations)
        return done
      case 'violations':
        return { kind: 'violations', violations: tables().reports.violations(question.filter) }
      case 'limit-stats':
        return { kind: 'limit-stats', stats: tables().reports.stats(question.filter) }
      case 'forget-reports':
        return { kind: 'removed', count: tables().reports.forget(question.beforeMs) }
    }
  }
}

const done: Answer = { kind: 'done' }

/** Puts the parts of a save together. */
function createGathering(): (part: SaveBooks) => { books: SavedBook[]; removed: BookName[] } {
  let parts = 0
  let books: SavedBook[] = []
  let removed: BookName[] = []

  return (question) => {
    if (question.part === 0) {
      parts = 0
      books = []
      removed = []
    }
    // A worker that follows a dead one has not seen the parts before.
    if (question.part !== parts) throw new Error('books to be saved came in part: send all again')
    parts += 1
    books.push(...question.books)
    removed.push(...question.removed)
    return { books, removed }
  }
}
