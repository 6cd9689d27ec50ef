import type { Path } from './problem.ts'

/**
 * Keys that belong to the configuration and are not built yet: asking for one is no spelling
 * mistake.
 */
const laterKeys: readonly (readonly [pattern: string, keys: readonly string[]])[] = [
  ['', ['cache', 'dashboard']],
  ['server', ['workers']],
  ['models.*', ['cache']],
  ['policies.*', ['cache', 'hedge']],
]

export function isNotYetAvailable(parent: Path, key: string): boolean {
  return laterKeys.some(([pattern, keys]) => matches(pattern, parent) && keys.includes(key))
}

function matches(pattern: string, path: Path): boolean {
  const steps = pattern === '' ? [] : pattern.split('.')
  return (
    steps.length === path.length &&
    steps.every((step, index) => step === '*' || step === path[index])
  )
}
