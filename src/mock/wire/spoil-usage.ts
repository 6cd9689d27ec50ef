import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'
import type { UsageFault } from '../behaviour/behaviour.ts'

const replacements = { negative: -1, huge: 1e18, string: 'many', zero: 0 }

/** Usage as a broken provider reports it; undefined leaves it out of the JSON. */
export function spoilUsage(usage: JsonObject, fault: UsageFault | null): JsonValue | undefined {
  if (fault === null) return usage
  if (fault === 'missing') return undefined
  if (fault === 'null') return null
  return withNumbers(usage, replacements[fault])
}

function withNumbers(object: JsonObject, replacement: JsonValue): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      if (typeof value === 'number') return [key, replacement]
      return [key, isObject(value) ? withNumbers(value, replacement) : value]
    }),
  )
}
