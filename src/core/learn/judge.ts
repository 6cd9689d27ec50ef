import type { AdaptiveSettings } from '../catalog.ts'
import { draw } from '../plan/draw.ts'
import type { Request } from '../request.ts'
import { expectedCost, expectedReward, rewardError } from './arm.ts'
import type { BanditState } from './bandit-state.ts'
import { featuresOf } from './features.ts'
import type { Choice, Judgement, Standing } from './learner.ts'
import { affordable } from './pacer.ts'
import { plainCost } from './plain-numbers.ts'

/** Standard errors above its expectation that a target is explored at. */
const optimism = 0.5
/** A high cost over the usual one before any bill was seen. */
const unseenHigh = 4

interface Prospect {
  readonly choice: Choice
  readonly samples: number
  readonly reward: number
  readonly error: () => number
  readonly usual: number | null
  readonly high: number
  readonly mean: number
  readonly score: number
  affordable: boolean
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
  const prospects = choices.map((choice) => prospectOf(state, choice, features, settings))
  allowCheapest(prospects)
  const onTrial = toTry(prospects, settings, seed)
  const leader = leaderOf(state)
  return prospects.map((prospect) => ({
    standing: standingOf(prospect, onTrial, settings),
    reward: Math.max(0, Math.min(1, prospect.reward)),
    error: prospect.error,
    costNanoUsd: prospect.usual,
    score: prospect.score,
    key: prospect.score + (prospect.choice.target === leader ? settings.hysteresis : 0),
    samples: prospect.samples,
  }))
}

function prospectOf(
  state: BanditState,
  choice: Choice,
  features: Float64Array,
  settings: AdaptiveSettings,
): Prospect {
  const known = state.arms.get(choice.target)
  const arm = known ?? state.shared
  const seen = known === undefined ? null : expectedCost(known, features)
  const listed = plainCost(choice.costNanoUsd)
  const usual = seen?.usual ?? listed
  const high = seen?.high ?? (usual ?? 0) * unseenHigh
  const reward = expectedReward(arm, features)
  const budget = settings.budgetNanoUsdPerRequest
  const price = budget === null ? 0 : (state.pacer.price * (usual ?? 0)) / budget
  return {
    choice,
    samples: known?.samples ?? 0,
    reward,
    error: () => rewardError(arm, features),
    usual,
    high,
    mean: seen?.mean ?? usual ?? 0,
    score: reward - price,
    affordable: budget === null || affordable(state.pacer, usual ?? 0, high, budget),
  }
}

/**
 * Something must serve, so the cheapest may always: by what it costs on average, because a guess for one
 * request can be wrong just when money is short.
 */
function allowCheapest(prospects: readonly Prospect[]): void {
  const lowest = Math.min(...prospects.map(({ mean }) => mean))
  for (const prospect of prospects) {
    if (prospect.mean <= lowest) prospect.affordable = true
  }
}

/**
 * The target this request is spent on to learn of it, if any. In the beginning every request is, as
 * long as a target lacks its minimum of samples; after that the share for exploration is.
 */
function toTry(
  prospects: readonly Prospect[],
  settings: AdaptiveSettings,
  seed: number,
): Prospect | null {
  if (settings.exploration <= 0) return null
  const open = prospects.filter((prospect) => prospect.affordable)
  const unproven = open.filter(({ samples }) => samples < settings.minimumSamples)
  const all = prospects.reduce((sum, { samples }) => sum + samples, 0)
  const beginning = all < 2 * settings.minimumSamples * prospects.length
  if (!(beginning && unproven.length > 0) && draw(seed, 'explore') >= settings.exploration)
    return null
  if (unproven.length > 0) return best(unproven, (prospect) => -prospect.samples, seed)
  return best(open, (prospect) => prospect.score + optimism * prospect.error(), seed)
}

function best(
  prospects: readonly Prospect[],
  meritOf: (prospect: Prospect) => number,
  seed: number,
): Prospect | null {
  let chosen: Prospect | null = null
  for (const prospect of prospects) {
    const ahead = chosen === null ? 1 : meritOf(prospect) - meritOf(chosen)
    const tie = () => draw(seed, prospect.choice.target) - draw(seed, chosen?.choice.target ?? '')
    if (ahead > 0 || (ahead === 0 && tie() > 0)) chosen = prospect
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
