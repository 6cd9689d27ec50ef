import { type Limit, subjectOf } from '../core/limits/limit.ts'
import { limitId } from '../core/limits/limit-id.ts'
import type { ReportFilter } from './book-store.ts'
import { answered, type DeskAnswer, reached, refused } from './desk-answer.ts'
import type {
  LimitDesk,
  LimitDeskOptions,
  LimitInForce,
  ReportQuestion,
  Rows,
} from './limit-desk.ts'
import type { Book, LimitState } from './limit-state.ts'
import type { SetLimits } from './set-limits.ts'
import { limitsFor, standings } from './standings.ts'
import { knownNames, namedIn, subjectIn, type Whose } from './whose.ts'

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
        const books = await booksOf(state, whose.value, most + 1)
        const rows = standings(limits(), whose.value, books).map((one) => withOrigin(one, set))
        return cut(rows, most, books.length > most)
      })
    },

    config(asked, most) {
      const whose = named(asked)
      if (!whose.ok) return whose
      const rows = limitsFor(limits(), whose.value).map((limit) => withOrigin({ limit }, set))
      return answered(cut(rows, most))
    },

    async buckets(asked, most) {
      const whose = named(asked)
      if (!whose.ok) return whose
      const filter = { subject: subjectIn(whose.value), limit: most + 1 }
      return reached(async () => cut(await state.books(filter), most))
    },

    violations: (asked) => report(asked, named, (filter) => reports.violations(filter)),
    stats: (asked) => report(asked, named, (filter) => reports.stats(filter)),
  }
}

async function booksOf(state: LimitState, whose: Whose, limit: number): Promise<readonly Book[]> {
  const asked = namedIn(whose).map(({ scope, value }) => subjectOf(scope, value))
  const found = await Promise.all(
    (asked.length === 0 ? [null] : asked).map((subject) => state.books({ subject, limit })),
  )
  // The book of a client and a user is found under either.
  return [
    ...new Map(found.flat().map((book) => [`${book.limit.id} ${book.subject}`, book])).values(),
  ]
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

function cut<Row>(rows: readonly Row[], most: number, more = false): Rows<Row> {
  return { rows: rows.slice(0, most), more: more || rows.length > most }
}
