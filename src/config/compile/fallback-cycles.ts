import type { Alias } from '../../core/catalog.ts'
import type { Findings } from '../problem.ts'
import type { Settings } from '../settings.ts'

/** Fallbacks that lead back to where they came from are reported once, with the whole way. */
export function reportCycles(
  aliases: ReadonlyMap<string, Alias>,
  settings: Settings,
  findings: Findings,
): void {
  const finished = new Set<string>()
  const way: string[] = []
  const follow = (name: string): void => {
    way.push(name)
    for (const [index, fallback] of (aliases.get(name)?.fallbacks ?? []).entries()) {
      const start = way.indexOf(fallback)
      if (start >= 0) {
        const circle = [...way.slice(start), fallback].join(' → ')
        const message = `goes round in a circle: ${circle}; take one of them out`
        findings.problem(['models', name, 'fallbacks', index], message)
      } else if (!finished.has(fallback)) {
        follow(fallback)
      }
    }
    way.pop()
    finished.add(name)
  }
  for (const name of Object.keys(settings.models)) {
    if (!finished.has(name)) follow(name)
  }
}
