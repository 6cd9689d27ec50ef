import { hashSeed, seededRandom } from '../../core/random.ts'

/** A unit vector fixed by a text: equal texts lie together, others apart. */
export function vectorOf(text: string, dimensions: number): number[] {
  const random = seededRandom(hashSeed(text))
  const raw = Array.from({ length: dimensions }, () => random() * 2 - 1)
  const length = Math.hypot(...raw) || 1
  return raw.map((value) => Number((value / length).toFixed(8)))
}
