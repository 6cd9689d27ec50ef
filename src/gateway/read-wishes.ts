import type { StrategyName } from '../core/catalog.ts'
import { strategyNames } from '../core/catalog.ts'
import { failed, failure, type Outcome, ok } from '../core/failure.ts'
import { parseJson } from '../core/json.ts'
import { headerText } from './header-text.ts'

/** What a client asks of the gateway itself, in headers `x-waybill-…`. */
export interface Wishes {
  readonly strategy: StrategyName | null
  readonly timeoutMs: number | null
  readonly metadata: Readonly<Record<string, string>>
  readonly noFallback: boolean
}

/** Of most requests. */
const none: Outcome<Wishes> = ok({
  strategy: null,
  timeoutMs: null,
  metadata: Object.freeze({}),
  noFallback: false,
})

export function readWishes(headers: Readonly<Record<string, string>>): Outcome<Wishes> {
  const wanted = headers['x-waybill-strategy']
  const limit = headers['x-waybill-timeout-ms']
  const tags = headers['x-waybill-metadata']
  const alone = headers['x-waybill-no-fallback']
  if ((wanted ?? limit ?? tags ?? alone) === undefined) return none
  const strategy = strategyHeader(wanted)
  if (!strategy.ok) return strategy
  const timeoutMs = timeoutHeader(limit)
  if (!timeoutMs.ok) return timeoutMs
  const metadata = metadataHeader(tags)
  if (!metadata.ok) return metadata
  const noFallback = noFallbackHeader(alone)
  if (!noFallback.ok) return noFallback
  return ok({
    strategy: strategy.value,
    timeoutMs: timeoutMs.value,
    metadata: metadata.value,
    noFallback: noFallback.value,
  })
}

function strategyHeader(value: string | undefined): Outcome<StrategyName | null> {
  if (value === undefined) return ok(null)
  const known = strategyNames.find((name) => name === value)
  if (known !== undefined) return ok(known)
  return invalid(`x-waybill-strategy must be one of ${strategyNames.join(', ')}.`)
}

function timeoutHeader(value: string | undefined): Outcome<number | null> {
  if (value === undefined) return ok(null)
  const timeoutMs = Number(value)
  if (Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= 86_400_000) return ok(timeoutMs)
  return invalid('x-waybill-timeout-ms must be whole milliseconds from 1 to 86400000.')
}

function noFallbackHeader(value = 'false'): Outcome<boolean> {
  const wish = value.toLowerCase()
  if (wish === 'true' || wish === '1') return ok(true)
  if (wish === 'false' || wish === '0') return ok(false)
  return invalid('x-waybill-no-fallback must be true or false.')
}

function metadataHeader(value: string | undefined): Outcome<Readonly<Record<string, string>>> {
  if (value === undefined) return ok({})
  const parsed = parseJson(headerText(value))
  const problem = 'x-waybill-metadata must be a JSON object of strings, numbers and booleans.'
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return invalid(problem)
  const metadata: Record<string, string> = Object.create(null)
  for (const [name, entry] of Object.entries(parsed)) {
    if (typeof entry === 'object' || entry === undefined) return invalid(problem)
    metadata[name] = String(entry)
  }
  return ok(metadata)
}

function invalid(message: string) {
  return failed(failure('invalid_request', message, { param: null }))
}
