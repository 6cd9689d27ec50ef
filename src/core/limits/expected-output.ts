import type { Operation } from '../request.ts'
import type { Lengths, UsualLengths } from './usual-lengths.ts'

/** Tokens of a reply, before it is made. */
export interface ExpectedOutput extends Lengths {
  /** More than this neither the client nor the model allows, or is likely. */
  readonly most: number
  /** Replies to the name that were seen, faded; 0: none yet. */
  readonly seen: number
  /** Those that the expectation rests on. */
  readonly alike: number
  /** Of which: of requests like this one, and of all. null where they count for nothing. */
  readonly own: UsualLengths | null
  readonly all: UsualLengths | null
}

/** Tokens a reply has before any was seen, as in plans. */
const usualTokens = 200
/** Hardly any reply has more, unless such are the rule; for where nobody sets a bound. */
const mostTokens = 16_384
/** What a name's replies to other requests say is worth so many replies. */
const othersWeigh = 2
/** Replies after which other requests no longer matter. */
const enough = 32
/** More than so many standard deviations beyond the mean is not prepared for. */
const farthest = 4
/** Standard errors by which the mean may be wrong. */
const doubt = 3

const nothing: ExpectedOutput = {
  mean: 0,
  variance: 0,
  most: 0,
  seen: 0,
  alike: 0,
  own: null,
  all: null,
}

/** Before any was seen. Other operations than these two make no tokens, as far as is known. */
export function unseenOutput(operation: Operation, bound: number): ExpectedOutput {
  if (operation !== 'chat' && operation !== 'completion') return nothing
  const mean = Math.min(usualTokens, bound)
  return { ...nothing, mean, variance: mean * mean, most: mostOf(mean, bound) }
}

/** `own`: of requests of the same policy and size; `all`: of the name, of which some were seen. */
export function expectedOutput(
  own: UsualLengths | undefined,
  all: UsualLengths,
  bound: number,
): ExpectedOutput {
  const { seen } = all
  const others = Math.min(othersWeigh, seen)
  if (own === undefined) {
    const { mean, variance } = all.cutAt(bound)
    return { mean, variance, most: mostOf(mean, bound), seen, alike: others, own: null, all }
  }
  const mine = own.cutAt(bound)
  if (own.seen >= enough) {
    const { mean, variance } = mine
    return { mean, variance, most: mostOf(mean, bound), seen, alike: own.seen, own, all: null }
  }
  const theirs = all.cutAt(bound)
  const alike = own.seen + others
  const share = others / alike
  const apart = theirs.mean - mine.mean
  // Few replies say little about how different replies are: as if by half, but for the first ones.
  const unsure = (mine.mean / (2 * own.seen)) ** 2
  const mean = mine.mean + share * apart
  return {
    mean,
    variance:
      (1 - share) * mine.variance +
      share * theirs.variance +
      share * (1 - share) * apart * apart +
      unsure,
    most: mostOf(mean, bound),
    seen,
    alike,
    own,
    all,
  }
}

/**
 * Output to borrow, so that what replies have beyond it is no more than `excess` on average. Short replies
 * give back what they do not need while long ones go on, and it is lent again at once: so what
 * is borrowed must be enough for nearly each of them, not only for all together.
 */
export function enoughOutput(expected: ExpectedOutput, excess: number): number {
  const { mean, variance, most, alike, own, all } = expected
  if (alike === 0) return mean
  const forOwn = own === null ? 0 : own.exceededBy(excess, most)
  const forAll = all === null ? 0 : all.exceededBy(excess, most)
  const deviation = Math.sqrt(variance)
  const known = Math.min(Math.max(forOwn, forAll), mean + farthest * deviation)
  return Math.min(most, known + (doubt * deviation) / Math.sqrt(alike))
}

function mostOf(mean: number, bound: number): number {
  return bound < Number.POSITIVE_INFINITY ? bound : Math.max(mostTokens, farthest * mean)
}
