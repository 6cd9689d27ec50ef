import type { Alias, Policy, Retry, Target, Timeouts } from '../catalog.ts'
import type { FailureClass } from '../failure.ts'

/** The model name that means "whatever my policy prefers". */
export const autoModel = 'waybill/auto'

/**
 * What would end a request for a model the client chose, and here only rules out one target: the client
 * did not choose it, and another provider filters less or knows the field this one refuses.
 */
const fallsThrough: readonly FailureClass[] = ['content_filtered', 'invalid_request']

/** The list is there to be walked: a second try where another target waits would only be slower. */
const retry: Retry = { attempts: 1, backoffMs: 100, maxBackoffMs: 2_000 }

const timeouts: Timeouts = {
  connectMs: 3_000,
  firstTokenMs: 60_000,
  idleMs: 60_000,
  totalMs: 600_000,
}

/**
 * The alias behind `waybill/auto` for one policy: its targets one after the other, in the order given.
 * What the lists name, its clients may use through it, as with any alias.
 */
export function autoAlias(targets: readonly Target[]): Alias {
  return {
    name: autoModel,
    description: 'The first model of your policy that can serve the request',
    synonyms: [],
    strategy: { name: 'failover' },
    targets: targets.map((target) => ({ target, weight: 1 })),
    fallbacks: [],
    retry,
    timeouts,
    fallsThrough,
  }
}

/** For listings: the alias behind `waybill/auto`, null where the policy does not enable it. */
export function autoModelFor(policy: Policy): Alias | null {
  return policy.auto ?? null
}
