import type {
  Bucket,
  LimitConfiguration,
  LimitDay,
  LimitStanding,
  SetLimitRow,
  ViolationRow,
} from '../http/admin/contract/limits.ts'
import { formatTable } from './table.ts'

/** Rows of the admin API as tables for people. */

export function standingsTable(rows: readonly LimitStanding[]): string {
  const heading = [
    'SCOPE',
    'METRIC',
    'WINDOW',
    'LIMIT',
    'BURST',
    ...figureHeading,
    'FROM',
    'EXPIRES',
  ]
  return formatTable(
    heading,
    rows.map((row) => [...described(row), ...figures(row), row.origin, when(row.expiresAt)]),
  )
}

export function bucketsTable(rows: readonly Bucket[]): string {
  const heading = ['SCOPE', 'METRIC', 'WINDOW', 'LIMIT', 'BURST', ...figureHeading, 'TOUCHED']
  return formatTable(
    heading,
    rows.map((row) => [...described(row), ...figures(row), when(row.touchedAt)]),
  )
}

export function configurationTable(rows: readonly LimitConfiguration[]): string {
  const heading = [
    'SCOPE',
    'METRIC',
    'WINDOW',
    'LIMIT',
    'BURST',
    'KIND',
    'STRICT',
    'FROM',
    'EXPIRES',
  ]
  return formatTable(
    heading,
    rows.map((row) => [
      ...described(row),
      row.kind === 'calendar' ? `calendar ${row.timeZone}` : row.kind,
      row.strict ? 'yes' : 'no',
      row.setAt === null ? row.origin : `${row.setBy} ${when(row.setAt)}`,
      when(row.expiresAt),
    ]),
  )
}

export function setTable(row: SetLimitRow): string {
  const heading = ['SCOPE', 'METRIC', 'WINDOW', 'LIMIT', 'BURST', 'EXPIRES']
  return formatTable(heading, [[...described(row), when(row.expiresAt)]])
}

export function daysTable(rows: readonly LimitDay[]): string {
  return formatTable(
    ['DATE', 'LIMIT', 'ALLOWED', 'DENIED', 'AMOUNT'],
    rows.map(({ date, id, metric, allowed, denied, amount }) => [
      date,
      plain(id),
      String(allowed),
      String(denied),
      quantity(metric, amount),
    ]),
  )
}

export function violationsTable(rows: readonly ViolationRow[]): string {
  return formatTable(
    ['TIME', 'LIMIT', 'SCOPE', 'CLIENT', 'MODEL', 'NEEDED', 'LEFT', 'RETRY IN', 'REQUEST'],
    rows.map((row) => [
      when(row.at),
      plain(row.id),
      plain(row.scope),
      plain(row.client),
      plain(row.model),
      quantity(row.metric, row.needed),
      quantity(row.metric, row.remaining),
      row.retryAfterMs === null ? 'never' : inWords(row.retryAfterMs),
      plain(row.requestId),
    ]),
  )
}

const figureHeading = ['USED', 'RESERVED', 'LEFT', 'FULL IN'] as const

interface Described {
  readonly scope: string
  readonly metric: string
  readonly window: string | null
  readonly limit: number
  readonly burst: number
}

function described({ scope, metric, window, limit, burst }: Described): string[] {
  return [plain(scope), metric, window ?? '-', quantity(metric, limit), quantity(metric, burst)]
}

function figures({ metric, used, reserved, remaining, resetMs }: LimitStanding | Bucket): string[] {
  const amounts = [used, reserved, remaining].map((amount) => quantity(metric, amount))
  return [...amounts, resetMs === 0 ? '-' : inWords(resetMs)]
}

function quantity(metric: string, amount: number): string {
  if (metric !== 'cost') return String(amount)
  // Cents at least, and as much finer as there is anything.
  const digits = Math.abs(amount)
    .toFixed(6)
    .replace(/0{1,4}$/, '')
  return `${amount < 0 ? '-' : ''}$${digits}`
}

/** `2026-11-20 14:16:05Z` */
function when(instant: string | null): string {
  return instant === null ? '-' : instant.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

function inWords(milliseconds: number): string {
  if (milliseconds < 2 * minuteMs) return `${Math.ceil(milliseconds / 1_000)} s`
  if (milliseconds < 2 * hourMs) return `${Math.ceil(milliseconds / minuteMs)} min`
  if (milliseconds < 2 * dayMs) return `${Math.ceil(milliseconds / hourMs)} h`
  return `${Math.ceil(milliseconds / dayMs)} d`
}

const longest = 80

/**
 * Clients make up names: a terminal must not act on what is in them. What it would act on is written
 * `\u202e`, and a backslash as two, so that the shell has the name itself from `--user $'…'`.
 */
export function plain(text: string): string {
  const safe = escaped(text.replaceAll('\\', '\\\\'))
  return safe.length <= longest ? safe : `${safe.slice(0, longest - 1)}…`
}

/** What a terminal would act on as `\u202e`, beyond the first 65,536 characters `\U000e0001`. */
export function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    const hex = code.toString(16)
    return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
  })
}
