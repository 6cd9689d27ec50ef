import type { WaybillRecord } from '../core/account/record.ts'
import type { Alias, Target } from '../core/catalog.ts'
import { outcomeOf } from '../core/experiment/outcome-of.ts'
import { leastCachedTokens } from '../core/health/warmth.ts'
import { learnsUnder } from '../core/learn/learns-under.ts'
import type { Resolved } from '../core/plan/make-plan.ts'
import type { Occasion } from '../core/plan/occasion.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Request } from '../core/request.ts'
import type { Attempt } from './attempt.ts'
import type { Knowledge } from './knowledge.ts'

export interface Finished {
  readonly request: Request
  readonly resolved: Resolved
  readonly plan: Plan
  readonly occasion: Occasion
  readonly record: WaybillRecord
  /** The attempt that answered, or the last one made. */
  readonly final: Attempt | null
}

/** A canary that was taken out of its traffic split. */
export interface RolledBack {
  /** Public name whose traffic is split. */
  readonly model: string
  readonly arm: string
  /** For people. */
  readonly because: string
}

/** How a request went, for the plans of those after it. Called when its reply is on its way. */
export function learn(
  knowledge: Knowledge,
  { request, resolved, plan, occasion, record, final }: Finished,
  nowMs: number,
  onRollback: (rolledBack: RolledBack) => void,
): void {
  const { usage } = record
  if (record.outcome === 'success' && final !== null) {
    const { target } = final.candidate
    // A lone target keeps every conversation anyway; the key of one is not worth finding out.
    if (plan.candidates.length > 1 && usage.inputTokens >= leastCachedTokens) {
      const conversation = request.conversationKey()
      if (conversation !== null) {
        knowledge.warmth.replied(conversation, target.name, usage, nowMs)
      }
    }
    if (occasion.region !== null) learnOfRegion(knowledge, occasion.region, target, record)
  }
  if (resolved.as === 'alias') {
    learnOfAlias(knowledge, resolved.alias, { request, plan, occasion, record }, nowMs)
  }
  if (plan.arm === undefined) return
  const outcome = outcomeOf(plan.arm, record, (target) => isBroken(target, plan, knowledge, nowMs))
  const because =
    outcome === null ? null : knowledge.experiments.observe(plan.arm, outcome, occasion.wallMs)
  if (because === null) return
  const { split, arm } = plan.arm
  onRollback({ model: split.alias, arm: arm.name, because })
}

/** Counted from when the target was asked: what failed before it was another's. */
function learnOfRegion(
  { regionTimes }: Knowledge,
  client: string,
  { name, provider }: Target,
  { attempts }: WaybillRecord,
): void {
  const answered = attempts.find((one) => one.target === name && one.firstOutputMs !== null)
  if (provider.region === null || answered === undefined || answered.firstOutputMs === null) return
  regionTimes.observe(client, provider.region, answered.firstOutputMs - answered.startedMs)
}

/** Whether a target was passed over, or put last, for having failed. */
function isBroken(target: Target, plan: Plan, { fleet }: Knowledge, nowMs: number): boolean {
  const candidate = plan.candidates.find((one) => one.target.name === target.name)
  return candidate?.goesLast != null || fleet.vitals(target).breaker(nowMs) !== 'closed'
}

function learnOfAlias(
  { learning }: Knowledge,
  asked: Alias,
  { request, plan, occasion, record }: Pick<Finished, 'request' | 'plan' | 'occasion' | 'record'>,
  nowMs: number,
): void {
  const under = learnsUnder(plan, asked, occasion.client.policy, request.strategy)
  if (under !== null) learning.finished(request, record, under, nowMs)
}
