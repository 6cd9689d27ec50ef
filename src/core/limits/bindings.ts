import type { Target } from '../catalog.ts'
import type { Charge, Limit } from './limit.ts'

/** Who asks for what: the values of the dimensions that are known before a target is. */
export interface Asker {
  readonly client: string
  readonly policy: string
  /** Public name, or `provider/model` where the client named a target. */
  readonly model: string
  /** null binds no limit on users. */
  readonly user: string | null
  /** null where the peer's address is not known. */
  readonly ip: string | null
}

/** What a request takes, or has taken. `requests` and `concurrent` count 1 each. */
export interface Amounts {
  readonly inputTokens: number
  readonly outputTokens: number
  /** null: the price is not known. A limit on cost cannot be held then. */
  readonly costNanoUsd: number | null
}

/** Which limits bind. Looked up for every request, so everything that can be is found out before. */
export interface Bindings {
  /** No limit at all: nothing to admit. */
  readonly empty: boolean
  /** Every limit is on requests or concurrency: what a request takes is known without an estimate. */
  readonly countOnly: boolean
  /** Some limit is on `provider` or `target`, alone or with others. */
  readonly bindTargets: boolean
  /** Limits that bind whatever the target, as charges of one request each: see `chargesOf` for the others. */
  ofAsker(asker: Asker): readonly Charge[]
  /** Limits that bind an attempt at this target, likewise. */
  ofTarget(asker: Asker, target: Target): readonly Charge[]
  /** Every limit, for listings. */
  readonly all: readonly Limit[]
}
