import type { Limit } from '../core/limits/limit.ts'
import { limitId } from '../core/limits/limit-id.ts'
import { limitOfBook, shelfOf } from '../core/limits/limit-of-book.ts'
import type { ReportFilter } from './book-store.ts'
import { answered, type DeskAnswer, reached, refused } from './desk-answer.ts'
import { findBooks } from './limit-books.ts'
import type {
  LimitDesk,
  LimitDeskOptions,
  LimitInForce,
  ReportQuestion,
  Rows,
} from './limit-desk.ts'
import type { Book } from './limit-state.ts'
import type { SetLimits } from './set-limits.ts'
import { isSingle, limitsThatBind, standings, under } from './standings.ts'
import { filedIn, knownNames, namedIn, subjectIn, type Whose } from './whose.ts'

type Listings = Pick<LimitDesk, 'status' | 'config' | 'buckets' | 'violations' | 'stats'>

/** What an operator can look at. */
export function limitListings(options: LimitDeskOptions): Listings {
  const { state, inForce, set, reports, clock } = options
  const limits = () => inForce.at(clock.nowMs()).all
  const named = (whose: Whose) => knownNames(whose, options.catalog())

  return {
    async status(asked, most) {
      const whose = named(asked)
      if (!whose.ok) return whose
      return reached(async () => {
        const binding = singleFirst(limitsThatBind(limits(), whose.value), whose.value)
        const found = await findBooks(state, binding, whose.value)
        const { rows, more } = cut(standings(binding, whose.value, found, most + 1), most)
        return { rows: rows.map((one) => withOrigin(one, set)), more: more || !found.areAll }
      })
    },

    config(asked, most) {
      const whose = named(asked)
      if (!whose.ok) return whose
      const { rows, more } = cut(limitsThatBind(limits(), whose.value), most)
      return answered({ rows: rows.map((limit) => withOrigin({ limit }, set)), more })
    },

    async buckets(asked, most) {
      const whose = named(asked)
      if (!whose.ok) return whose
      const filter = { subject: filedIn(whose.value), limit: most + 1 }
      return reached(async () => {
        const books = await state.books(filter)
        const limitOf = limitOfBook(limits())
        const current = (book: Book) =>
          under(limitOf(shelfOf(book.limit), book.subject) ?? book.limit, book)
        return cut(books.map(current), most)
      })
    },

    violations: (asked) => report(asked, named, (filter) => reports.violations(filter)),
    stats: (asked) => report(asked, named, (filter) => reports.stats(filter)),
  }
}

/** What has one line before what has one for each user there is. */
function singleFirst(limits: readonly Limit[], whose: Whose): readonly Limit[] {
  const single = Map.groupBy(limits, (limit) => isSingle(limit, whose))
  return [...(single.get(true) ?? []), ...(single.get(false) ?? [])]
}

async function report<Row>(
  { whose: asked, sinceMs, most }: ReportQuestion,
  named: (whose: Whose) => DeskAnswer<Whose>,
  read: (filter: ReportFilter) => Promise<readonly Row[]>,
): Promise<DeskAnswer<Rows<Row>>> {
  const [, second] = namedIn(asked)
  if (second !== undefined)
    return refused('invalid_request', 'Reports are of one of them at a time.', second.scope)
  const whose = named(asked)
  if (!whose.ok) return whose
  const filter = { subject: subjectIn(whose.value), sinceMs, limit: most + 1 }
  return reached(async () => cut(await read(filter), most))
}

/** A limit that was set goes by the id that it was set under, or by that of the one it replaces. */
function withOrigin<Row extends { readonly limit: Limit }>(
  row: Row,
  set: SetLimits,
): Row & LimitInForce {
  const { dimensions, only, metric, per } = row.limit
  const [scope] = dimensions
  if (scope === undefined || dimensions.length > 1) return { ...row, set: null }
  return { ...row, set: set.get(limitId(scope, only[scope] ?? null, metric, per)) }
}

function cut<Row>(rows: readonly Row[], most: number): Rows<Row> {
  return { rows: rows.slice(0, most), more: rows.length > most }
}
