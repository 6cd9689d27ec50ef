import type { Judgement, Standing } from '../../learn/learner.ts'
import { defaultAdaptiveSettings } from '../choice.ts'
import { confidenceAlone, confidenceOf } from '../confidence.ts'
import { dollars } from '../dollars.ts'
import type { Candidate } from '../plan.ts'
import { byKey, Keyed, noScores, unscored } from '../ranked.ts'
import type { Moment, Strategy } from '../strategy.ts'
import { cost } from './cost.ts'

/** What is on trial goes first, what the budget does not cover last. */
const places: Readonly<Record<Standing, number>> = {
  trial: 3,
  proven: 2,
  unproven: 1,
  'too-dear': 0,
}
/** Between the keys of two standings; scores lie far nearer to each other. */
const apart = 1_000

class Judged<One extends Candidate = Candidate> extends Keyed<One> {
  readonly judgement: Judgement

  constructor(candidate: One, judgement: Judgement) {
    const { standing, key, score, reward, samples } = judgement
    // No score where it does not decide: nobody should stay with a target that is too dear.
    const judged = standing === 'trial' || standing === 'proven'
    super(
      candidate,
      places[standing] * apart + Math.max(-apart / 3, key),
      -(candidate.outlook.costNanoUsd ?? Number.POSITIVE_INFINITY),
      judged ? score : null,
      samples === 0 ? noScores : { reward },
    )
    this.judgement = judgement
  }
}

/**
 * What was learned of the targets from requests like this one: the best expected reward, less the
 * price of money where there is a budget. Until anything learns, the lowest expected cost.
 */
export const adaptive: Strategy = {
  rank<One extends Candidate>(candidates: readonly One[], moment: Moment) {
    const { learner, choice, request, seed } = moment
    if (learner === null) return cost.rank(candidates, moment)
    const [only] = candidates
    if (only !== undefined && candidates.length === 1) {
      // Reading the prompt could change nothing.
      return { order: [unscored(only)], reason: 'the only target that can serve', confidence: null }
    }
    const settings = choice.name === 'adaptive' ? choice.settings : defaultAdaptiveSettings
    const judgements = learner.judge(request, candidates.map(choiceOf), settings, seed)
    const judged: Judged<One>[] = []
    let index = 0
    for (const candidate of candidates) {
      const judgement = judgements[index++]
      if (judgement !== undefined) judged.push(new Judged(candidate, judgement))
    }
    const order = byKey(judged)
    return {
      order,
      reason: reasonFor(order, settings.minimumSamples),
      confidence: confidenceIn(order),
    }
  },
}

function choiceOf({ target, outlook }: Candidate) {
  return { target: target.name, costNanoUsd: outlook.costNanoUsd }
}

function reasonFor(order: readonly Judged[], minimumSamples: number): string {
  const [first] = order
  if (first === undefined) return ''
  const { standing, reward, samples } = first.judgement
  const known = `expected reward ${reward.toFixed(2)} over ${plural(samples, 'sample')}`
  if (standing === 'trial') {
    return samples < minimumSamples
      ? `tried to learn of it: ${samples} of ${plural(minimumSamples, 'sample')}`
      : `explored: ${known}`
  }
  // What the budget does not cover stands last: where the second does not, nobody does.
  if (order[1]?.judgement.standing === 'too-dear') {
    return `the cheapest, until the budget covers others: ${known}`
  }
  if (standing === 'unproven') {
    return `no target has ${plural(minimumSamples, 'sample')} yet: ${known}`
  }
  if (highestReward(order) === reward) return `best for requests like this: ${known}`
  const { costNanoUsd } = first.judgement
  return costNanoUsd === null
    ? `best for requests like this: ${known}`
    : `best for its money: ${known}, ${dollars(costNanoUsd)}`
}

function highestReward(order: readonly Judged[]): number {
  let highest = 0
  for (const { judgement } of order) if (judgement.reward > highest) highest = judgement.reward
  return highest
}

/** From how far apart the first two are, in standard errors of what was learned of them. */
function confidenceIn([first, second]: readonly Judged[]): number {
  if (first === undefined || first.judgement.samples === 0) return 0
  const own = first.judgement
  const other = second?.judgement
  if (other === undefined || other.samples === 0) return confidenceAlone(own.samples)
  return confidenceOf(own.score - other.score, Math.hypot(own.error(), other.error()))
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}
