import type { Alias, Catalog, Retry, Target, Timeouts } from '../catalog.ts'
import { plannedHedge } from '../execute/planned-hedge.ts'
import { tooDear } from '../execute/price-guard.ts'
import type { Assignment } from '../experiment/split.ts'
import { type Failure, failure } from '../failure.ts'
import { denialFailure } from '../limits/denial-failure.ts'
import type { Denial } from '../limits/limit.ts'
import type { Request } from '../request.ts'
import { candidateFor, type Refused, type Terms } from './candidate-for.ts'
import { choiceFor } from './choice.ts'
import { gather, reasons, soonest } from './gather.ts'
import type { Excluded, Plan, PlannedHedge, RankedCandidate } from './plan.ts'
import { byRules, rankAll, strugglingLast } from './rank-all.ts'
import { armOf } from './split.ts'
import type { Surroundings } from './surroundings.ts'

/** What the model name of a request turned out to be. */
export type Resolved =
  | { readonly as: 'alias'; readonly alias: Alias }
  | { readonly as: 'target' | 'model-id'; readonly target: Target }

/** Why there is none. */
export interface NoPlan extends Failure {
  /** The limit that has room again first; null where it is no limit that stands in the way. */
  readonly denial: Denial | null
  /** Every target there is, and why it cannot serve. */
  readonly excluded: readonly Excluded[]
}

/** For targets the client names itself, without an alias that could say otherwise. */
export const directRetry: Retry = { attempts: 2, backoffMs: 100, maxBackoffMs: 2_000 }
export const directTimeouts: Timeouts = {
  connectMs: 3_000,
  firstTokenMs: 60_000,
  idleMs: 60_000,
  totalMs: 600_000,
}
const directTerms: Terms = {
  via: null,
  retry: directRetry,
  timeouts: directTimeouts,
  fallsThrough: undefined,
  successThreshold: undefined,
}

/** Puts everything that could serve the request in order, and says why the rest cannot. */
export function makePlan(
  request: Request,
  resolved: Resolved,
  catalog: Catalog,
  surroundings: Surroundings,
): Plan | NoPlan {
  return resolved.as === 'alias'
    ? planFor(resolved.alias, request, catalog, surroundings)
    : directPlan(resolved.target, resolved.as, request, surroundings)
}

function planFor(
  asked: Alias,
  request: Request,
  catalog: Catalog,
  surroundings: Surroundings,
): Plan | NoPlan {
  const { occasion } = surroundings
  // Split: the alias as requests of this arm meet it.
  const assignment = asked.split === undefined ? null : armOf(asked.split, request, occasion)
  const alias = assignment?.arm.alias ?? asked
  const choice = choiceFor(request.strategy, occasion.client.policy, alias)

  // Gather: what can serve, of the alias and its fallbacks.
  const alone = request.noFallback || alias.fallbacks.length === 0
  const chain = alone ? [alias] : withFallbacks(alias, catalog)
  const gathered = gather(chain, request, surroundings)
  const { excluded, panic } = gathered

  // Rank: by strategy, then by rules; what struggles goes last.
  const ranked = rankAll(gathered.stages, alias, choice, request, surroundings)
  const ruled = byRules(ranked, gathered, alias, request, surroundings)
  const { order, reason, confidence } = strugglingLast(ruled)

  // Leave out: what the configuration or the client does not want to fall back to.
  const [first] = order
  if (first === undefined) return noneUsable(request, excluded, gathered.denial)
  const candidates = wanted(order, first, excluded, alias, request)
  const plan = {
    model: request.model,
    resolvedAs: 'alias' as const,
    strategy: choice.name,
    reason: wholeReason(reason, assignment, panic),
    candidates,
    excluded,
    confidence,
    panic,
    deadlineMs: request.timeoutMs,
    hedge: panic ? null : hedgeFor(candidates, alias, request, surroundings),
    continuation: alias.continuation ?? ('off' as const),
  }
  return assignment === null ? plan : { ...plan, arm: assignment }
}

/** The alias, then its fallbacks and theirs, each once. The configuration is free of cycles. */
function withFallbacks(alias: Alias, catalog: Catalog, chain: Alias[] = []): Alias[] {
  if (chain.includes(alias)) return chain
  chain.push(alias)
  for (const name of alias.fallbacks) {
    const next = catalog.aliases.get(name)
    if (next !== undefined) withFallbacks(next, catalog, chain)
  }
  return chain
}

/** The candidates that are; the others are noted as excluded. */
function wanted(
  order: readonly RankedCandidate[],
  first: RankedCandidate,
  excluded: Excluded[],
  alias: Alias,
  request: Request,
): readonly RankedCandidate[] {
  // What the usual alias says of most requests: all of them.
  if (!request.noFallback && alias.maxPriceMultiplier == null) return order
  const candidates: RankedCandidate[] = []
  for (const candidate of order) {
    const because = unwanted(candidate, first, alias, request)
    if (because === null) candidates.push(candidate)
    else excluded.push(because)
  }
  return candidates
}

function unwanted(
  candidate: RankedCandidate,
  first: RankedCandidate,
  alias: Alias,
  request: Request,
): Excluded | null {
  if (candidate === first) return null
  if (request.noFallback) {
    return { target: candidate.target.name, because: 'the client wants no fallback' }
  }
  return tooDear(candidate, first, alias.maxPriceMultiplier)
}

function wholeReason(reason: string, assignment: Assignment | null, panic: boolean): string {
  const whole = assignment === null ? reason : `${assignment.reason}; ${reason}`
  return panic ? `no target looks usable, so all are tried; ${whole}` : whole
}

function hedgeFor(
  candidates: readonly RankedCandidate[],
  alias: Alias,
  request: Request,
  { hedging, fleet, nowMs }: Surroundings,
): PlannedHedge | null {
  const [first] = candidates
  if (alias.hedge == null || hedging === null || first === undefined) return null
  const vitals = (index: number) => fleet.vitals((candidates[index] ?? first).target)
  return plannedHedge({ settings: alias.hedge, candidates, request, vitals, hedging, nowMs })
}

/** A target the client named itself has no other behind it, so it is tried however it looks. */
function directPlan(
  target: Target,
  resolvedAs: 'target' | 'model-id',
  request: Request,
  surroundings: Surroundings,
): Plan | NoPlan {
  const refused: Refused[] = []
  const usable = candidateFor(target, 1, directTerms, {
    request,
    surroundings,
    panic: false,
    refused,
  })
  const [because] = refused
  const panic = because?.isDown ?? false
  const candidate = panic
    ? candidateFor(target, 1, directTerms, { request, surroundings, panic, refused })
    : usable
  if (candidate === null) return noneUsable(request, reasons(refused), soonest(refused))
  const reason = 'the client named this target'
  return {
    model: request.model,
    resolvedAs,
    strategy: 'direct',
    reason: panic
      ? `${reason}; it looks dead and is tried all the same: ${because?.because}`
      : reason,
    candidates: [candidate],
    excluded: [],
    confidence: null,
    panic,
    deadlineMs: request.timeoutMs,
  }
}

function noneUsable(
  request: Request,
  excluded: readonly Excluded[],
  denial: Denial | null,
): NoPlan {
  // Asking again helps then, and nothing else would.
  if (denial !== null) return { ...denialFailure(denial), denial, excluded }
  const reasons = excluded.map(({ target, because }) => `${target}: ${because}`).join('; ')
  const problem = failure(
    'no_target_available',
    `No target can serve ${request.model}${reasons === '' ? '.' : ` (${reasons}).`}`,
  )
  return { ...problem, denial: null, excluded }
}
