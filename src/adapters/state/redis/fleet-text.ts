import type { HealthChange } from '../../../core/health/change.ts'
import { isObject, numberAt, parseJson, stringAt } from '../../../core/json.ts'

const kinds = ['open', 'closed', 'cooling'] as const

/** A change and which gateway saw it. */
export function textOfChange(
  gatewayId: string,
  { target, to, because, forMs }: HealthChange,
): string {
  return JSON.stringify({ by: gatewayId, target, to, because, forMs: Math.ceil(forMs) })
}

/** null: it is none, or this gateway told it. */
export function changeOfText(gatewayId: string, text: string): HealthChange | null {
  const value = parseJson(text)
  if (!isObject(value) || value['by'] === gatewayId) return null
  const target = stringAt(value, 'target')
  const because = stringAt(value, 'because')
  const forMs = numberAt(value, 'forMs')
  const to = kinds.find((kind) => kind === value['to'])
  if (target === null || because === null || forMs === null || to === undefined) return null
  return { target, to, because, forMs: Math.max(0, forMs) }
}
