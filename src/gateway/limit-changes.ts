import type { Limit, Metric, Period } from '../core/limits/limit.ts'
import type { SetLimit } from '../core/limits/set-limit.ts'
import { type DeskAnswer, reached, refused } from './desk-answer.ts'
import type { ChangeDetails, LimitDesk, LimitDeskOptions } from './limit-desk.ts'
import { setLimitFrom } from './limit-wish.ts'
import { limitsFor } from './standings.ts'
import { filedIn, knownNames, type Named, namedIn, type Whose } from './whose.ts'

/** Beyond it, what is set for each of a kind should be one limit of the configuration for all of them. */
const mostSet = 100_000

const author = 'admin'

type Changes = Pick<LimitDesk, 'put' | 'remove' | 'reset' | 'cleanup'>

/** What an operator can change: kept first, then in force, then told. */
export function limitChanges(options: LimitDeskOptions): Changes {
  const { state, inForce, set, reports, clock, onChange } = options
  const named = (whose: Whose) => knownNames(whose, options.catalog())

  return {
    async put(wish) {
      const whose = named(wish.whose)
      if (!whose.ok) return whose
      const wanted = setLimitFrom({ ...wish, whose: whose.value }, clock.nowMs(), author)
      if (!wanted.ok) return wanted
      const limit = wanted.value
      if (set.get(limit.id) === null && set.count >= mostSet) return refused('conflict', tooMany)
      return reached(async () => {
        await set.put(limit)
        onChange('a limit was set', detailsOf(limit))
        return limit
      })
    },

    async remove(asked, metric, per) {
      const whose = named(asked)
      // What was set for somebody stays when he is gone from the configuration.
      const subjects = namedIn(whose.ok ? whose.value : asked)
      if (subjects.length === 0) return refused('invalid_request', nobody)
      const ids = set.all().flatMap((limit) => {
        const isMeant = isOf(limit, subjects) && isOn(limit, metric, per)
        return isMeant ? [limit.id] : []
      })
      if (ids.length === 0) {
        if (!whose.ok) return whose
        const configured = limitsFor(inForce.at(clock.nowMs()).all, whose.value)
        return nothingSet(configured.filter((limit) => isOn(limit, metric, per)))
      }
      return reached(async () => {
        await set.remove(ids)
        for (const limit of ids) onChange('a limit was removed', { limit, by: author })
        return ids
      })
    },

    async reset(asked, all) {
      const whose = named(asked)
      if (!whose.ok) return whose
      const subject = filedIn(whose.value)
      if (subject === null && !all)
        return refused('invalid_request', `${nobody} Or all, for the books of everyone.`)
      if (subject !== null && all) return refused('invalid_request', both, 'all')
      return reached(async () => {
        const books = await state.reset({ subject, limit: Number.MAX_SAFE_INTEGER })
        onChange('books were emptied', { subject: subject ?? 'all', books, by: author })
        return books
      })
    },

    cleanup: (untouchedMs, reportsMs) =>
      reached(async () => ({
        books: await state.cleanup(untouchedMs),
        reports: await reports.forget(clock.nowMs() - reportsMs),
        expired: await set.removeExpired(),
      })),
  }
}

const nobody = 'Say whose: user, provider, ip, client, policy, model, target, or global.'
const both = 'Say whose books, or all of them; not both.'
const tooMany = `There are ${mostSet} limits set: remove some, or configure one limit that is for all.`

function detailsOf({ id, amount, burst, expiresAtMs, setBy }: SetLimit): ChangeDetails {
  const expires = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
  return { limit: id, amount, burst, expires, by: setBy }
}

function isOf(limit: SetLimit, subjects: readonly Named[]): boolean {
  return subjects.some(({ scope, value }) => limit.scope === scope && (limit.value ?? '') === value)
}

function isOn(
  limit: Pick<Limit, 'metric' | 'per'>,
  metric: Metric | null,
  per: Period | null,
): boolean {
  return (metric === null || limit.metric === metric) && (per === null || limit.per === per)
}

function nothingSet(configured: readonly Limit[]): DeskAnswer<never> {
  const [one] = configured
  if (one === undefined) return refused('not_found', 'No such limit was set.')
  const message = `No such limit was set: ${one.id} is configured. Change it in the configuration, or set another in its place.`
  return refused('conflict', message)
}
