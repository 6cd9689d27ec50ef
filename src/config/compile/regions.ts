import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Regions } from '../../core/plan/regions.ts'
import type { Findings } from '../problem.ts'
import type { Settings } from '../settings.ts'
import { frozenMap } from './frozen-map.ts'

export function compileRegions(settings: Settings, findings: Findings): Regions | null {
  const { regions } = settings
  if (regions === undefined) return null
  const known = new Set(
    Object.values(settings.providers).flatMap(({ region }) => region?.toLowerCase() ?? []),
  )
  for (const [client, list] of Object.entries(regions.near)) {
    for (const [index, region] of list.entries()) {
      if (known.has(region)) continue
      const message = `"${region}" is the region of no provider.${didYouMean(nearNames(region, known))}`
      findings.warning(['regions', 'near', client, index], message)
    }
  }
  return {
    header: regions.header ?? null,
    names: frozenMap(Object.entries(regions.names)),
    near: frozenMap(Object.entries(regions.near)),
  }
}
