/** A longer name is nobody's model. */
const MAX_LENGTH = 200

/**
 * Which names may become label values. Each distinct one is a time series kept for good, and
 * clients choose what they ask for: a made-up name must not make one.
 */
export interface LabelNames {
  /** Names of the configuration; they do not count against the bound. */
  declare(names: Iterable<string>): void
  /**
   * `name`, or `other`. An unknown name is let in when it has `earned` it, by an answer, and there
   * is room.
   */
  label(name: string, earned: boolean): string
}

export function createLabelNames(maxLearned: number): LabelNames {
  const known = new Set<string>()
  let learned = 0

  return {
    declare(names) {
      for (const name of names) known.add(name)
    },
    label(name, earned) {
      if (known.has(name)) return name
      if (!earned || learned >= maxLearned || name.length > MAX_LENGTH) return 'other'
      known.add(name)
      learned += 1
      return name
    },
  }
}
