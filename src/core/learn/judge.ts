import type { AdaptiveSettings } from '../catalog.ts'
import { draw } from '../plan/draw.ts'
import type { Request } from '../request.ts'
import {
  type Arm,
  expectedCost,
  expectedReward,
  highCost,
  meanCost,
  rewardError,
  usualRewardError,
} from './arm.ts'
import type { BanditState } from './bandit-state.ts'
import { featuresOf } from './features.ts'
import type { Choice, Judgement, Standing } from './learner.ts'
import { affordable } from './pacer.ts'
import { plainCost } from './plain-numbers.ts'

/** Standard errors above its expectation that a target is explored at. */
const optimism = 0.5
/** A high cost over the usual one before any bill was seen. */
const unseenHigh = 4

/**
 * Among more targets than these an error is that of the usual request: one that knows the request takes
 * as long as judging four targets, and exploring asks for that of every target.
 */
const mostExact = 8

/** One choice while all are weighed, and the judgement of it in the end. */
class Prospect implements Judgement {
  standing: Standing = 'proven'
  key = 0
  affordable = true
  readonly target: string
  readonly samples: number
  readonly tries: number
  readonly reward: number
  readonly score: number
  readonly #known: boolean
  readonly #arm: Arm
  readonly #features: Float64Array
  readonly #listed: number | null
  readonly #exact: boolean

  constructor(
    state: BanditState,
    { target, costNanoUsd }: Choice,
    features: Float64Array,
    budgetNanoUsd: number | null,
    exact: boolean,
  ) {
    const known = state.arms.get(target)
    const arm = known ?? state.shared
    this.target = target
    this.#known = known !== undefined
    this.#arm = arm
    this.#features = features
    this.#listed = costNanoUsd
    this.#exact = exact
    this.samples = known?.samples ?? 0
    this.tries = known?.tries ?? 0
    const expected = expectedReward(arm, features)
    this.reward = Math.max(0, Math.min(1, expected))
    if (budgetNanoUsd === null) {
      this.score = expected
      return
    }
    const seen = this.#seenCost()
    const usual = seen ?? plainCost(costNanoUsd) ?? 0
    const high = usual * (seen === null ? unseenHigh : highCost(arm))
    this.score = expected - (state.pacer.price * usual) / budgetNanoUsd
    this.affordable = affordable(state.pacer, usual, high, budgetNanoUsd)
  }

  error(): number {
    return this.#exact ? rewardError(this.#arm, this.#features) : usualRewardError(this.#arm)
  }

  get costNanoUsd(): number | null {
    return this.#seenCost() ?? plainCost(this.#listed)
  }

  /** What it costs on average, whatever is asked. */
  get mean(): number {
    return (this.#known ? meanCost(this.#arm) : null) ?? plainCost(this.#listed) ?? 0
  }

  #seenCost(): number | null {
    return this.#known ? expectedCost(this.#arm, this.#features) : null
  }
}

/** Judges every choice for one request; see `Learner`. */
export function judge(
  state: BanditState,
  request: Request,
  choices: readonly Choice[],
  settings: AdaptiveSettings,
  seed: number,
): Judgement[] {
  const features = featuresOf(request)
  const exact = choices.length <= mostExact
  const budget = settings.budgetNanoUsdPerRequest
  const prospects: Prospect[] = []
  for (const choice of choices) {
    prospects.push(new Prospect(state, choice, features, budget, exact))
  }
  if (budget !== null) allowCheapest(prospects)
  const onTrial = toTry(prospects, settings, seed)
  const leader = leaderOf(state)
  for (const prospect of prospects) {
    const { target, score } = prospect
    prospect.standing = standingOf(prospect, onTrial, settings)
    prospect.key = target === leader ? score + settings.hysteresis : score
  }
  return prospects
}

/**
 * Something must serve, so the cheapest may always: by what it costs on average, because a guess for one
 * request can be wrong just when money is short.
 */
function allowCheapest(prospects: readonly Prospect[]): void {
  let lowest = Number.POSITIVE_INFINITY
  for (const { mean } of prospects) if (mean < lowest) lowest = mean
  for (const prospect of prospects) if (prospect.mean <= lowest) prospect.affordable = true
}

/**
 * The target this request is spent on to learn of it, if any. In the beginning every request is, as
 * long as a target lacks its minimum of samples; after that the share for exploration is. Tries are
 * counted for the beginning, not rewards: where clients rate now and then, rewards may never come.
 */
function toTry(
  prospects: readonly Prospect[],
  { exploration, minimumSamples }: AdaptiveSettings,
  seed: number,
): Prospect | null {
  if (exploration <= 0) return null
  let tries = 0
  let isUnproven = false
  for (const prospect of prospects) {
    tries += prospect.tries
    if (prospect.affordable && prospect.samples < minimumSamples) isUnproven = true
  }
  const beginning = tries < 2 * minimumSamples * prospects.length
  if (!(beginning && isUnproven) && draw(seed, 'explore') >= exploration) return null
  // Listed only now: most requests explore nothing.
  const open = prospects.filter(({ affordable }) => affordable)
  if (!isUnproven)
    return best(open, (prospect) => prospect.score + optimism * prospect.error(), seed)
  const unproven = open.filter(({ samples }) => samples < minimumSamples)
  return best(unproven, (prospect) => -prospect.tries, seed)
}

/** The one with the most merit, by the request's dice where several have it. */
function best(
  prospects: readonly Prospect[],
  meritOf: (prospect: Prospect) => number,
  seed: number,
): Prospect | null {
  let chosen: Prospect | null = null
  let most = Number.NEGATIVE_INFINITY
  for (const prospect of prospects) {
    const merit = meritOf(prospect)
    const isTie = chosen !== null && merit === most
    if (merit < most) continue
    if (isTie && draw(seed, prospect.target) <= draw(seed, chosen?.target ?? '')) continue
    chosen = prospect
    most = merit
  }
  return chosen
}

function standingOf(
  prospect: Prospect,
  onTrial: Prospect | null,
  { minimumSamples }: AdaptiveSettings,
): Standing {
  if (prospect === onTrial) return 'trial'
  if (!prospect.affordable) return 'too-dear'
  return prospect.samples < minimumSamples ? 'unproven' : 'proven'
}

/** The target that serves most requests now. */
function leaderOf({ shares }: BanditState): string | null {
  let leader: string | null = null
  let most = 0
  for (const [target, share] of shares) {
    if (share > most || (share === most && leader !== null && target < leader)) {
      leader = target
      most = share
    }
  }
  return leader
}
