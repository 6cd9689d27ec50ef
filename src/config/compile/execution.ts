import type { Alias, HedgeSettings } from '../../core/catalog.ts'
import type { FailureClass } from '../../core/failure.ts'
import type { Findings, Path } from '../problem.ts'
import type { AliasSettings } from '../settings.ts'

type Execution = Pick<
  Alias,
  'hedge' | 'maxPriceMultiplier' | 'retryBudget' | 'continuation' | 'fallsThrough'
>

/** How requests for an alias are carried out beyond its targets. */
export function compileExecution(
  settings: AliasSettings,
  path: Path,
  findings: Findings,
): Execution {
  const { fallbacks, maxPriceMultiplier, rerouteContentFilter, retryBudget, targets } = settings
  if (maxPriceMultiplier !== undefined && fallbacks.length === 0) {
    findings.warning([...path, 'maxPriceMultiplier'], 'has no effect without fallbacks')
  }
  if (rerouteContentFilter && fallbacks.length === 0 && targets.length < 2) {
    findings.warning([...path, 'rerouteContentFilter'], 'has no effect with a single target')
  }
  const rerouted: FailureClass[] = rerouteContentFilter ? ['content_filtered'] : []
  return {
    hedge: compileHedge(settings, path, findings),
    maxPriceMultiplier: maxPriceMultiplier ?? null,
    retryBudget: retryBudget ?? null,
    continuation: settings.continuation,
    fallsThrough: rerouted,
  }
}

function compileHedge(
  { hedge, retry, targets, timeouts }: AliasSettings,
  path: Path,
  findings: Findings,
): HedgeSettings | null {
  if (hedge === undefined) return null
  if (targets.length < 2 && retry.attempts < 2) {
    const message = 'has no effect with a single target and a single attempt'
    findings.warning([...path, 'hedge'], message)
  }
  if (hedge.after === 'auto') return { afterMs: null, share: hedge.budget }
  if (hedge.after >= timeouts.firstToken) {
    const message = 'has no effect, because timeouts.firstToken ends the first try before'
    findings.warning([...path, 'hedge', 'after'], message)
  }
  return { afterMs: hedge.after, share: hedge.budget }
}
