import type { Provider, Retry } from '../../../../src/core/catalog.ts'
import type { AttemptState, Permits, Situation } from '../../../../src/core/execute/situation.ts'
import { type FailureClass, failure } from '../../../../src/core/failure.ts'
import type {
  Availability,
  BreakerState,
  Distribution,
  Vitals,
} from '../../../../src/core/health/vitals.ts'
import { type Capabilities, unknownCapabilities } from '../../../../src/core/needs.ts'
import type { Plan, RankedCandidate } from '../../../../src/core/plan/plan.ts'

const retry: Retry = { attempts: 2, backoffMs: 100, maxBackoffMs: 2_000 }

export interface CandidateOptions {
  readonly retry?: Retry
  readonly via?: string
  readonly capabilities?: Partial<Capabilities>
  readonly costNanoUsd?: number | null
  readonly fallsThrough?: readonly FailureClass[]
}

export function candidate(name: string, options: CandidateOptions = {}): RankedCandidate {
  const [id = '', model = ''] = name.split('/')
  const provider: Provider = {
    id,
    knownAs: id,
    enabled: true,
    region: null,
    reach: {
      kind: 'http',
      addresses: new Map([['openai', { origin: `http://${id}.test`, basePath: '/v1' }]]),
      auth: { kind: 'bearer' },
      headers: {},
      query: {},
    },
    apiKeys: [],
    strict: false,
    quirks: {},
  }
  return {
    target: {
      name,
      provider,
      model,
      price: null,
      capabilities: { ...unknownCapabilities, ...options.capabilities },
    },
    route: { kind: 'pass-through', dialect: 'openai' },
    weight: 1,
    via: options.via ?? 'alias',
    retry: options.retry ?? retry,
    timeouts: { connectMs: 1_000, firstTokenMs: 1_000, idleMs: 1_000, totalMs: 5_000 },
    ...(options.fallsThrough && { fallsThrough: options.fallsThrough }),
    outlook: {
      firstTokenMs: null,
      totalMs: null,
      tokensPerSecond: null,
      costNanoUsd: options.costNanoUsd ?? null,
      outputTokens: 100,
      successRate: 1,
      samples: 0,
      latencySpread: null,
      outstandingTokens: 0,
      inFlight: 0,
      breaker: 'closed',
    },
    score: null,
    scores: {},
  }
}

export function plan(candidates: readonly RankedCandidate[], options: Partial<Plan> = {}): Plan {
  return {
    model: 'alias',
    resolvedAs: 'alias',
    strategy: 'failover',
    reason: 'first',
    candidates,
    excluded: [],
    confidence: null,
    panic: false,
    deadlineMs: null,
    ...options,
  }
}

export function vitals(
  target: string,
  availability: Availability = { state: 'ready' },
  breaker: BreakerState = 'closed',
  firstTokens: Distribution | null = null,
): Vitals {
  return {
    target,
    inFlight: 0,
    outstandingTokens: 0,
    breaker: () => breaker,
    availability: () => availability,
    successRate: () => 1,
    samples: () => 0,
    firstTokenMs: () => null,
    msPerOutputToken: () => null,
    headroom: () => null,
    slowShare: () => 0,
    latencySpread: () => null,
    outputTokens: () => null,
    firstTokens: () => firstTokens,
  }
}

export const cooling = (untilMs: number): Vitals =>
  vitals('cooling', {
    state: 'unavailable',
    untilMs,
    because: 'cooling down after a 429',
    named: true,
  })

export const dead = (untilMs: number): Vitals =>
  vitals('dead', { state: 'unavailable', untilMs, because: 'its breaker is open' }, 'open')

/** Everything is allowed but what the options say. */
export function permits(
  options: { vitals?: Readonly<Record<number, Vitals>>; retry?: boolean; hedge?: boolean } = {},
): Permits {
  return {
    vitals: (index) => options.vitals?.[index] ?? vitals(`candidate ${index}`),
    retry: () => options.retry ?? true,
    hedge: () => options.hedge ?? true,
  }
}

export function failed(
  candidateIndex: number,
  name: FailureClass,
  endedMs = 0,
  options: Partial<AttemptState> & { retryAfterMs?: number } = {},
): AttemptState {
  const { retryAfterMs = null, ...rest } = options
  return {
    candidate: candidateIndex,
    startedMs: 0,
    firstOutputMs: null,
    endedMs,
    failure: failure(name, name, { retryAfterMs }),
    sent: true,
    probe: false,
    jitter: 0.5,
    ...rest,
  }
}

export function running(candidateIndex: number, startedMs = 0): AttemptState {
  return { ...failed(candidateIndex, 'timeout'), startedMs, endedMs: null, failure: null }
}

export function situation(
  ofPlan: Plan,
  attempts: readonly AttemptState[],
  nowMs: number,
  allowed: Permits = permits(),
): Situation {
  return { plan: ofPlan, attempts, arrivedMs: 0, nowMs, permits: allowed }
}

/** Of measured values; exact. */
export function empirical(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    count: sorted.length,
    quantile: (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0,
    exceeding: (value) => {
      let [low, high] = [0, sorted.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((sorted[middle] ?? 0) > value) high = middle
        else low = middle + 1
      }
      return (sorted.length - low) / sorted.length
    },
  }
}
