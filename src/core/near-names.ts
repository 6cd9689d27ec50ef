/**
 * Longer names are never compared: the cost grows with the square of the length, and clients
 * choose it.
 */
const LONGEST = 100

/**
 * The known names nearest to one that is not known, best first: spelled almost alike, or the one
 * beginning with the other. Case does not count. Empty when nothing is near.
 */
export function nearNames(wanted: string, known: Iterable<string>, limit = 3): string[] {
  const asked = wanted.toLowerCase()
  if (asked === '' || asked.length > LONGEST) return []
  const mostEdits = Math.max(1, Math.floor(asked.length / 3))
  const found: { name: string; distance: number }[] = []
  for (const name of new Set(known)) {
    const candidate = name.toLowerCase()
    if (candidate.length > LONGEST || candidate === '') continue
    const distance = nearness(asked, candidate, mostEdits)
    if (distance <= mostEdits) found.push({ name, distance })
  }
  found.sort(
    (a, b) =>
      a.distance - b.distance || a.name.length - b.name.length || (a.name < b.name ? -1 : 1),
  )
  return found.slice(0, limit).map(({ name }) => name)
}

/** ` Did you mean "x" or "y"?`, or nothing: to be put behind a sentence. */
export function didYouMean(names: readonly string[]): string {
  if (names.length === 0) return ''
  const quoted = names.map((name) => `"${name}"`)
  const last = quoted.pop()
  return ` Did you mean ${quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`}?`
}

/** Edits between two names; a name that only goes on where the other stops counts as near. */
function nearness(asked: string, candidate: string, mostEdits: number): number {
  const shorter = asked.length < candidate.length ? asked : candidate
  const longer = shorter === asked ? candidate : asked
  const goesOn = shorter.length >= 3 && longer.startsWith(shorter)
  const bound = goesOn ? Math.min(mostEdits, 1.5) : Number.POSITIVE_INFINITY
  if (longer.length - shorter.length > mostEdits) return bound
  return Math.min(bound, editDistance(asked, candidate))
}

/**
 * Optimal string alignment: insertions, deletions, replacements and swaps of neighbours, each
 * costing 1.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const removed = (last[column] ?? 0) + 1
      const added = (current[column - 1] ?? 0) + 1
      let cost = Math.min(replaced, removed, added)
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (row > 1 && column > 1 && swapped) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      }
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}
