import type { z } from 'zod'
import { type Scope, scopes } from '../../core/limits/limit.ts'
import { answered, type DeskAnswer, refused } from '../../gateway/desk-answer.ts'
import type { LimitDesk, Rows } from '../../gateway/limit-desk.ts'
import type { Whose } from '../../gateway/whose.ts'
import type { Serve } from './admin-app.ts'
import {
  cleanLimits,
  limitBuckets,
  limitStats,
  limitStatus,
  limitsInForce,
  limitViolations,
  postLimit,
  putLimit,
  removeLimits,
  resetLimits,
} from './contract/limits.ts'
import {
  bucketRow,
  configurationRow,
  dayRow,
  setLimitRow,
  standingRow,
  violationRow,
} from './limit-rows.ts'
import { beginningIn, durationIn, endIn } from './time-words.ts'

/** `/api/v1/limits`: what the limit desk does, in the words of the contract. */
export function serveLimits(serve: Serve, desk: LimitDesk, nowMs: () => number): void {
  serveListings(serve, desk)
  serveChanges(serve, desk, nowMs)
  serveReports(serve, desk, nowMs)
}

function serveListings(serve: Serve, desk: LimitDesk): void {
  serve(limitStatus, async ({ max, ...asked }) => {
    const found = await desk.status(whoseIn(asked), max)
    return map(found, ({ rows, more }) => ({
      state: desk.health(),
      limits: rows.map(standingRow),
      more,
    }))
  })

  serve(limitsInForce, ({ max, ...asked }) =>
    map(desk.config(whoseIn(asked), max), ({ rows, more }) => ({
      limits: rows.map(configurationRow),
      more,
    })),
  )

  serve(limitBuckets, async ({ max, ...asked }) => {
    const found = await desk.buckets(whoseIn(asked), max)
    return map(found, ({ rows, more }) => ({
      state: desk.health(),
      buckets: rows.map(bucketRow),
      more,
    }))
  })
}

function serveChanges(serve: Serve, desk: LimitDesk, nowMs: () => number): void {
  const set = async (asked: z.output<typeof putLimit.input>) => {
    const expiresAtMs = asked.expires === undefined ? null : endIn(asked.expires, nowMs())
    if (asked.expires !== undefined && expiresAtMs === null) return noTime('expires', asked.expires)
    const wish = {
      whose: whoseIn(asked),
      metric: asked.metric,
      per: asked.window ?? null,
      amount: asked.limit,
      burst: asked.burst,
      expiresAtMs,
    }
    return map(await desk.put(wish), setLimitRow)
  }
  serve(putLimit, set)
  serve(postLimit, set)

  serve(removeLimits, async (asked) => {
    const removed = await desk.remove(whoseIn(asked), asked.metric ?? null, asked.window ?? null)
    return map(removed, (ids) => ({ removed: [...ids] }))
  })

  serve(resetLimits, async (asked) =>
    map(await desk.reset(whoseIn(asked), asked.all === true), (reset) => ({ reset })),
  )

  serve(cleanLimits, async ({ untouched, reports }) => {
    const [untouchedMs, reportsMs] = [durationIn(untouched), durationIn(reports)]
    if (untouchedMs === null) return noDuration('untouched', untouched)
    if (reportsMs === null) return noDuration('reports', reports)
    const cleaned = await desk.cleanup(untouchedMs, reportsMs)
    return map(cleaned, ({ books, ...others }) => ({ buckets: books, ...others }))
  })
}

function serveReports(serve: Serve, desk: LimitDesk, nowMs: () => number): void {
  serve(limitStats, async (asked) => {
    const found = await reported(asked, nowMs(), desk.stats)
    return map(found, ({ rows, more }) => ({ days: rows.map(dayRow), more }))
  })

  serve(limitViolations, async (asked) => {
    const found = await reported(asked, nowMs(), desk.violations)
    return map(found, ({ rows, more }) => ({ violations: rows.map(violationRow), more }))
  })
}

type Asked = Readonly<Partial<Record<Exclude<Scope, 'global'>, string | undefined>>> & {
  readonly global?: unknown
}

function whoseIn(asked: Asked): Whose {
  const whose: Partial<Record<Scope, string>> = {}
  for (const scope of scopes) {
    const value = scope === 'global' ? (asked.global === undefined ? undefined : '') : asked[scope]
    if (value !== undefined) whose[scope] = value
  }
  return whose
}

async function reported<Row>(
  { max, since, ...asked }: Asked & { readonly max: number; readonly since?: string | undefined },
  nowMs: number,
  ask: (question: {
    whose: Whose
    sinceMs: number | null
    most: number
  }) => Promise<DeskAnswer<Rows<Row>>>,
): Promise<DeskAnswer<Rows<Row>>> {
  const sinceMs = since === undefined ? null : beginningIn(since, nowMs)
  if (since !== undefined && sinceMs === null) return noTime('since', since)
  return ask({ whose: whoseIn(asked), sinceMs, most: max })
}

function map<From, To>(answer: DeskAnswer<From>, convert: (from: From) => To): DeskAnswer<To> {
  return answer.ok ? answered(convert(answer.value)) : answer
}

function noTime(field: string, text: string): DeskAnswer<never> {
  const forms = 'a date (2026-12-31), a time with its zone (2026-12-31T12:00:00Z), or 7d, 12h'
  return refused('invalid_request', `${field} is ${forms}, not ${JSON.stringify(text)}.`, field)
}

function noDuration(field: string, text: string): DeskAnswer<never> {
  const message = `${field} is a duration, such as 24h or 7d, not ${JSON.stringify(text)}.`
  return refused('invalid_request', message, field)
}
