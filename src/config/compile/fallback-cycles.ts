import type { Alias } from '../../core/catalog.ts'
import type { Findings } from '../problem.ts'
import type { Settings } from '../settings.ts'

/** More fallbacks behind one another than any request could live to try. */
const LONGEST_WAY = 32

/**
 * Fallbacks that lead back to where they came from, or on without end, are reported with the way.
 */
export function reportCycles(
  aliases: ReadonlyMap<string, Alias>,
  settings: Settings,
  findings: Findings,
): void {
  const lengths = new Map<string, number>()
  const way: string[] = []
  const follow = (name: string): number => {
    way.push(name)
    let longest = 0
    for (const [index, fallback] of (aliases.get(name)?.fallbacks ?? []).entries()) {
      const path = ['models', name, 'fallbacks', index]
      const start = way.indexOf(fallback)
      if (start >= 0) {
        const circle = [...way.slice(start), fallback].join(' → ')
        findings.problem(path, `goes round in a circle: ${circle}; take one of them out`)
        continue
      }
      const length =
        lengths.get(fallback) ?? (way.length > LONGEST_WAY ? LONGEST_WAY : follow(fallback))
      if (length === LONGEST_WAY) {
        findings.problem(path, `leads on over more than ${LONGEST_WAY} names; shorten the way`)
      }
      longest = Math.max(longest, length)
    }
    way.pop()
    lengths.set(name, longest + 1)
    return longest + 1
  }
  for (const name of Object.keys(settings.models)) {
    if (!lengths.has(name)) follow(name)
  }
}
