import { isObject, numberAt, parseJson, stringAt } from '../../../core/json.ts'
import { metrics, periods, scopes } from '../../../core/limits/limit.ts'
import { largestAmount } from '../../../core/limits/limit-bounds.ts'
import type { SetLimit } from '../../../core/limits/set-limit.ts'

export function textOfLimit(limit: SetLimit): string {
  return JSON.stringify(limit)
}

/** null: it is none, or one of a version to come. */
export function limitOfText(text: string): SetLimit | null {
  const value = parseJson(text)
  if (!isObject(value)) return null
  const id = stringAt(value, 'id')
  const scope = scopes.find((each) => each === value['scope'])
  const metric = metrics.find((each) => each === value['metric'])
  const per = periods.find((each) => each === value['per']) ?? null
  const amount = numberAt(value, 'amount')
  if (id === null || scope === undefined || metric === undefined || amount === null) return null
  const burst = Math.max(0, numberAt(value, 'burst') ?? 0)
  if ((per === null) !== (metric === 'concurrent')) return null
  if (!(amount > 0) || !(amount + burst <= largestAmount)) return null
  return {
    id,
    scope,
    value: stringAt(value, 'value'),
    metric,
    per,
    amount,
    burst,
    expiresAtMs: numberAt(value, 'expiresAtMs'),
    setAtMs: numberAt(value, 'setAtMs') ?? 0,
    setBy: stringAt(value, 'setBy') ?? '',
  }
}
