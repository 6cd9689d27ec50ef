import type { Alias, Catalog } from '../catalog.ts'

/** How the requests of an alias are divided among arms. */
export interface Split {
  /** The alias it belongs to. */
  readonly alias: string
  /** Whose requests always meet the same arm; `request` draws for each. */
  readonly by: 'user' | 'client' | 'request'
  /** At least two; the first is the control, which the others are compared with. */
  readonly arms: readonly Arm[]
  /** Equal for equal configurations: results do not outlive the question they answer. */
  readonly fingerprint: string
}

export interface Arm {
  readonly name: string
  /** Share of the traffic, relative to the sum. */
  readonly weight: number
  /** The alias as requests of this arm meet it: with the arm's targets and strategy. */
  readonly alias: Alias
  /** When it is taken out by itself; null: never. */
  readonly rollback: Rollback | null
}

/** How much worse than the control an arm may be. null: any. */
export interface Rollback {
  /** Share of requests that fail, as a difference: 0.01 is one more in a hundred. */
  readonly errors: number | null
  /** Of the typical request, relative: 0.2 is a fifth more. */
  readonly latency: number | null
  readonly cost: number | null
  /** Requests each arm must have had. */
  readonly minimumSamples: number
}

/** Where a request was sent by a split. */
export interface Assignment {
  readonly split: Split
  readonly arm: Arm
  /** `arm canary: 10 % of traffic by user`, with the arms that were rolled back and why. */
  readonly reason: string
}

/** Every split of a configuration, for `Experiments.use`. Synonyms lead to the same alias. */
export function splitsOf({ aliases }: Catalog): Split[] {
  return [...new Set(aliases.values())].flatMap(({ split }) => split ?? [])
}
