import type { Alias, Catalog, Retry, Target, Timeouts } from '../catalog.ts'
import { type Failure, failure } from '../failure.ts'
import type { Request } from '../request.ts'
import type { Candidate, Excluded, Plan, RankedCandidate, ResolvedAs } from './plan.ts'
import { routeTo } from './route-to.ts'
import { strategies } from './strategies/index.ts'
import type { Moment } from './strategy.ts'

/** What the model name of a request turned out to be. */
export type Resolved =
  | { readonly as: 'alias'; readonly alias: Alias }
  | { readonly as: 'target' | 'model-id'; readonly target: Target }

/** For targets the client names itself, without an alias that could say otherwise. */
export const directRetry: Retry = { attempts: 2, backoffMs: 100, maxBackoffMs: 2_000 }
export const directTimeouts: Timeouts = {
  connectMs: 3_000,
  firstTokenMs: 60_000,
  idleMs: 60_000,
  totalMs: 600_000,
}

/** Puts everything that could serve the request in order, and says why the rest cannot. */
export function makePlan(
  request: Request,
  resolved: Resolved,
  catalog: Catalog,
  moment: Moment,
): Plan | Failure {
  const excluded: Excluded[] = []
  const base = {
    model: request.model,
    resolvedAs: resolved.as satisfies ResolvedAs,
    excluded,
    deadlineMs: request.timeoutMs,
  }
  if (resolved.as !== 'alias') {
    const candidate = candidateFor(resolved.target, 1, null, request, excluded)
    if (candidate === null) return noneUsable(request, excluded)
    const reason = 'the client named this target'
    return { ...base, strategy: 'direct', reason, candidates: [unscored(candidate)] }
  }
  const strategy = request.strategy ?? resolved.alias.strategy
  let reason = ''
  const candidates: RankedCandidate[] = []
  const chain = request.noFallback ? [resolved.alias] : withFallbacks(resolved.alias, catalog)
  for (const alias of chain) {
    const usable = alias.targets
      .map(({ target, weight }) => candidateFor(target, weight, alias, request, excluded))
      .filter((candidate) => candidate !== null)
      .filter(({ target }) => !candidates.some((known) => known.target.name === target.name))
    if (usable.length === 0) continue
    const own = alias === resolved.alias ? strategy : alias.strategy
    const ranking = strategies[own].rank(usable, moment)
    if (candidates.length === 0) {
      reason =
        alias === resolved.alias ? ranking.reason : `fallback ${alias.name}: ${ranking.reason}`
    }
    for (const { candidate, score } of ranking.order) {
      candidates.push({ ...candidate, score, scores: {} })
    }
  }
  if (candidates.length === 0) return noneUsable(request, excluded)
  if (request.noFallback) {
    for (const { target } of candidates.splice(1)) {
      excluded.push({ target: target.name, because: 'the client wants no fallback' })
    }
  }
  return { ...base, strategy, reason, candidates }
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

function candidateFor(
  target: Target,
  weight: number,
  alias: Alias | null,
  request: Request,
  excluded: Excluded[],
): Candidate | null {
  const route = routeTo(target, request)
  if (typeof route === 'string') {
    if (!excluded.some((known) => known.target === target.name)) {
      excluded.push({ target: target.name, because: route })
    }
    return null
  }
  return {
    target,
    route,
    weight,
    via: alias?.name ?? null,
    retry: alias?.retry ?? directRetry,
    timeouts: alias?.timeouts ?? directTimeouts,
  }
}

function unscored(candidate: Candidate): RankedCandidate {
  return { ...candidate, score: null, scores: {} }
}

function noneUsable(request: Request, excluded: readonly Excluded[]): Failure {
  const reasons = excluded.map(({ target, because }) => `${target}: ${because}`).join('; ')
  return failure(
    'no_target_available',
    `No target can serve ${request.model}${reasons === '' ? '.' : ` (${reasons}).`}`,
  )
}
