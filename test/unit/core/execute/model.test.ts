import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isRemedy } from '../../../../src/core/execute/history.ts'
import { nextAction } from '../../../../src/core/execute/next-action.ts'
import type { AttemptState } from '../../../../src/core/execute/situation.ts'
import { type FailureClass, failure, failureClasses } from '../../../../src/core/failure.ts'
import type { Vitals } from '../../../../src/core/health/vitals.ts'
import type { Plan, PlannedHedge } from '../../../../src/core/plan/plan.ts'
import { candidate, cooling, dead, plan, vitals } from './situations.ts'

const classes = Object.keys(failureClasses).filter(
  (name): name is FailureClass => name in failureClasses,
)

/** What happens to each attempt, in the order they begin. */
const outcome = fc.record({
  /** null: it answers. */
  failure: fc.option(fc.constantFrom(...classes), { freq: 8 }),
  afterMs: fc.integer({ min: 0, max: 3_000 }),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 20_000 })),
  sent: fc.boolean(),
  jitter: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

const world = fc.record({
  targets: fc.array(
    fc.record({
      attempts: fc.integer({ min: 1, max: 3 }),
      window: fc.option(fc.constantFrom(8_000, 32_000, 128_000)),
      health: fc.constantFrom('ready', 'cooling', 'dead', 'probe'),
      backMs: fc.integer({ min: 1, max: 15_000 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  outcomes: fc.infiniteStream(outcome),
  budget: fc.integer({ min: 0, max: 6 }),
  deadlineMs: fc.option(fc.integer({ min: 1, max: 20_000 })),
  hedgeMs: fc.option(fc.integer({ min: 1, max: 1_000 })),
  panic: fc.boolean(),
})

type World = typeof world extends fc.Arbitrary<infer T> ? T : never

interface Run {
  readonly plan: Plan
  readonly sends: {
    readonly candidate: number
    readonly atMs: number
    readonly hedge: boolean
    /** Of trouble of a provider: what the budget is for. */
    readonly remedy: boolean
  }[]
  readonly waits: number[]
  steps: number
  answered: boolean
}

function vitalsOf(target: World['targets'][number] | undefined, nowMs: number): Vitals {
  if (target === undefined || target.backMs <= nowMs || target.health === 'ready')
    return vitals('ready')
  if (target.health === 'cooling') return cooling(target.backMs)
  if (target.health === 'dead') return dead(target.backMs)
  return vitals('probe', { state: 'probe' }, 'half-open')
}

/** As `plannedHedge` makes it: the same target again only where it may have a second attempt. */
function hedgeOf({ hedgeMs, targets }: World): PlannedHedge | null {
  const [first, second] = targets
  if (hedgeMs === null || (second === undefined && (first?.attempts ?? 0) < 2)) return null
  return { afterMs: hedgeMs, candidate: second === undefined ? 0 : 1 }
}

/** A driver as simple as it can be: it does what it is told and writes down what happens. */
function drive(given: World): Run {
  const ofPlan = plan(
    given.targets.map(({ attempts, window }, index) =>
      candidate(`p${index}/m`, {
        retry: { attempts, backoffMs: 100, maxBackoffMs: 2_000 },
        capabilities: { contextWindow: window },
      }),
    ),
    {
      deadlineMs: given.deadlineMs,
      panic: given.panic,
      hedge: hedgeOf(given),
    },
  )
  const run: Run = { plan: ofPlan, sends: [], waits: [], steps: 0, answered: false }
  const attempts: AttemptState[] = []
  const ends: {
    atMs: number
    index: number
    failure: FailureClass | null
    retryAfterMs: number | null
  }[] = []
  let nowMs = 0
  let left = given.budget
  while (run.steps++ < 1_000) {
    const action = nextAction({
      plan: ofPlan,
      attempts,
      arrivedMs: 0,
      nowMs,
      permits: {
        vitals: (index) => vitalsOf(given.targets[index], nowMs),
        retry: () => left > 0,
        hedge: () => true,
      },
    })
    if (action.do === 'give-up') return run
    if (action.do !== 'wait') {
      const drawn = given.outcomes.next().value
      const state = vitalsOf(given.targets[action.candidate], nowMs).availability(nowMs).state
      const remedy = action.do === 'send' && isRemedy(attempts)
      if (remedy) left -= 1
      const hedge = action.do === 'hedge'
      run.sends.push({ candidate: action.candidate, atMs: nowMs, hedge, remedy })
      attempts.push({
        candidate: action.candidate,
        startedMs: nowMs,
        firstOutputMs: null,
        endedMs: null,
        failure: null,
        sent: drawn.sent || drawn.failure === null,
        probe: state === 'probe',
        jitter: drawn.jitter,
      })
      ends.push({
        atMs: nowMs + drawn.afterMs,
        index: attempts.length - 1,
        failure: drawn.failure,
        retryAfterMs: drawn.retryAfterMs,
      })
      continue
    }
    if (action.untilMs !== null) run.waits.push(action.untilMs)
    ends.sort((a, b) => a.atMs - b.atMs)
    const [next] = ends
    if (next === undefined || (action.untilMs !== null && action.untilMs < next.atMs)) {
      expect(action.untilMs).not.toBeNull()
      nowMs = action.untilMs ?? nowMs
      continue
    }
    ends.shift()
    nowMs = Math.max(nowMs, next.atMs)
    const attempt = attempts[next.index]
    if (attempt === undefined) continue
    if (next.failure === null) {
      attempts[next.index] = { ...attempt, firstOutputMs: nowMs, endedMs: nowMs }
      run.answered = true
      const after = nextAction({
        plan: ofPlan,
        attempts,
        arrivedMs: 0,
        nowMs,
        permits: { vitals: () => vitals('x'), retry: () => true, hedge: () => true },
      })
      expect(['wait', 'give-up']).toContain(after.do)
      return run
    }
    attempts[next.index] = {
      ...attempt,
      endedMs: nowMs,
      failure: failure(next.failure, 'x', { retryAfterMs: next.retryAfterMs }),
    }
  }
  return run
}

it('ends, within the plan, the budget and the deadline, and never asks in vain', () => {
  fc.assert(
    fc.property(world, (given) => {
      const { plan: ofPlan, sends, waits, steps } = drive(given)
      expect(steps).toBeLessThan(1_000)
      for (const index of ofPlan.candidates.keys()) {
        const made = sends.filter((send) => send.candidate === index)
        expect(made.length).toBeLessThanOrEqual(given.targets[index]?.attempts ?? 0)
      }
      for (const send of sends) expect(ofPlan.candidates[send.candidate]).toBeDefined()
      const { deadlineMs } = given
      if (deadlineMs !== null) {
        for (const untilMs of waits) expect(untilMs).toBeLessThan(deadlineMs)
        for (const { atMs } of sends) expect(atMs).toBeLessThan(Math.max(1, deadlineMs))
      }
    }),
    { numRuns: 2_000 },
  )
})

it('makes no more further attempts than the budget holds, and one hedge at most', () => {
  fc.assert(
    fc.property(world, (given) => {
      const neverUnsent = {
        ...given,
        outcomes: given.outcomes.map((one) => ({ ...one, sent: true })),
      }
      const { sends } = drive(neverUnsent)
      const further = sends.filter((send) => send.remedy)
      expect(further.length).toBeLessThanOrEqual(given.budget)
      expect(sends.filter((send) => send.hedge).length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 2_000 },
  )
})
