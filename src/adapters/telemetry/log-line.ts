import type { WaybillRecord } from '../../core/account/record.ts'
import { failureClasses } from '../../core/failure.ts'
import { measureOf } from '../../core/limits/limit-id.ts'
import { refusingLimit } from '../../core/limits/limit-records.ts'

export type LogLevel = 'info' | 'warn' | 'error'

export type LogValue = string | number | boolean | null | readonly string[]

/** Fields in the order they are written. */
export type LogFields = Readonly<Record<string, LogValue>>

/** Who has to act: nobody, the one who called, or the one who runs the gateway. */
export function levelOf({ outcome, failureClass }: WaybillRecord): LogLevel {
  if (outcome !== 'failure') return 'info'
  if (failureClass === null) return 'error'
  const { fault } = failureClasses[failureClass]
  return fault === 'provider' || fault === 'gateway' ? 'error' : 'warn'
}

/** `user:alice requests/minute`: the limit that turned the request away; null where none did. */
export function refusedBy({ limits }: WaybillRecord): string | null {
  const limit = refusingLimit(limits)
  return limit === null ? null : `${limit.scope} ${measureOf(limit.metric, limit.per)}`
}

/** In dollars; null when a price is not known. */
export function costUsd({ costNanoUsd }: WaybillRecord): number | null {
  return costNanoUsd === null ? null : costNanoUsd / 1e9
}
