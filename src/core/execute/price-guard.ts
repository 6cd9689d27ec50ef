import type { Candidate, Excluded } from '../plan/plan.ts'

/**
 * Why a fallback is too dear, or null when it may be used: its expected cost is more than `most` times
 * that of the candidate the request would go to first. Where a cost is unknown nothing is said.
 */
export function tooDear(
  candidate: Candidate,
  first: Candidate,
  most: number | null | undefined,
): Excluded | null {
  if (most == null || candidate.via === first.via) return null
  const [own, usual] = [candidate.outlook.costNanoUsd, first.outlook.costNanoUsd]
  if (own === null || usual === null || own <= usual * most) return null
  const times = usual === 0 ? '' : `, ${(own / usual).toFixed(1)} × the first target`
  return {
    target: candidate.target.name,
    because: `costs ${dollars(own)}${times}; maxPriceMultiplier is ${most}`,
  }
}

function dollars(nanoUsd: number): string {
  return `$${Number((nanoUsd / 1e9).toPrecision(3))}`
}
