import { seededRandom } from '../core/random.ts'

/**
 * Dice for one attempt: the same request meets the same provider in the same mood whichever strategy
 * sent it there, so that strategies are compared on equal luck and few requests tell them apart.
 */
export function dice(seed: number, request: number, target: number, attempt: number): () => number {
  return seededRandom(mix(mix(mix(seed, request), target), attempt))
}

/** Two rounds of murmur3's finaliser: neighbouring numbers must not give neighbouring seeds. */
function mix(seed: number, value: number): number {
  let mixed = (seed ^ Math.imul(value + 1, 0x9e3779b1)) >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** A draw from the standard normal distribution (Box and Muller, 1958). */
export function normal(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()))
  return radius * Math.cos(2 * Math.PI * random())
}
