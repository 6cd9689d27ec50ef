import type { Preferred, RuleCase } from './apply-rules.ts'
import { drawKey } from './draw.ts'
import type { RankedCandidate } from './plan.ts'
import { matchesPattern } from './policy-allows.ts'
import type { Preference, PreferredTarget } from './rule.ts'

type List = Extract<Preference, { by: 'list' }>

interface Entry {
  readonly candidate: RankedCandidate
  readonly weight: number
}

/** The targets a rule names, as far as they can serve: as written, or drawn by their weights. */
export function preferFromList({ list, drawn }: List, given: RuleCase): Preferred {
  const entries: Entry[] = []
  for (const preferred of list) {
    for (const candidate of candidatesFor(preferred, given)) {
      if (entries.some((entry) => entry.candidate === candidate)) continue
      entries.push({ candidate, weight: preferred.weight })
    }
  }
  const first = entries[0]
  if (first === undefined) return { candidates: [], why: '' }
  if (!drawn || entries.length === 1) {
    return preferred(entries, `prefers ${first.candidate.target.name}`)
  }
  const keys = new Map(
    entries.map(({ candidate, weight }) => [
      candidate,
      drawKey(given.seed, candidate.target.name, weight),
    ]),
  )
  const keyOf = ({ candidate }: Entry): number => keys.get(candidate) ?? 0
  entries.sort((a, b) => keyOf(b) - keyOf(a) || byName(a, b))
  const total = entries.reduce((sum, { weight }) => sum + weight, 0)
  const winner = entries[0] ?? first
  const name = winner.candidate.target.name
  return preferred(entries, `${name}, drawn with weight ${winner.weight} of ${total}`)
}

function preferred(entries: readonly Entry[], why: string): Preferred {
  return { candidates: entries.map(({ candidate }) => candidate), why }
}

function byName(a: Entry, b: Entry): number {
  return a.candidate.target.name < b.candidate.target.name ? -1 : 1
}

function candidatesFor({ pattern, target }: PreferredTarget, given: RuleCase): RankedCandidate[] {
  if (target === null) {
    return given.ranked.filter((candidate) => matchesPattern(pattern, candidate.target.name))
  }
  const known = given.ranked.find((candidate) => candidate.target.name === target.name)
  const candidate = known ?? given.bring(target)
  return candidate === null ? [] : [candidate]
}
