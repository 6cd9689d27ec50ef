import type { Catalog, Client } from '../core/catalog.ts'
import { type Outcome, ok } from '../core/failure.ts'
import { askedRule, ruleHeader } from '../core/plan/asked-rule.ts'
import type { Occasion } from '../core/plan/occasion.ts'
import { clientRegion } from '../core/plan/regions.ts'
import type { Surroundings } from '../core/plan/surroundings.ts'
import type { TargetRoom } from '../core/plan/target-room.ts'
import type { Incoming } from './exchange.ts'
import type { Knowledge } from './knowledge.ts'

/** Who asks, from where and when; refused when a header names a rule that does not exist. */
export function occasionOf(
  incoming: Pick<Incoming, 'headers' | 'arrivedAtMs'>,
  client: Client,
  catalog: Catalog,
  { regionTimes, experiments }: Knowledge,
): Outcome<Occasion> {
  const { headers } = incoming
  const asked = headers[ruleHeader]
  const rule = asked === undefined ? noRule : askedRule(asked, catalog)
  if (!rule.ok) return rule
  const regions = catalog.regions ?? null
  return ok({
    client,
    region: clientRegion(headers, regions),
    wallMs: incoming.arrivedAtMs,
    rule: rule.value,
    regions,
    regionTimes,
    experiments,
  })
}

const noRule = ok(null)

/** `nowMs` is monotonic; `turn` and `seed` are those of the request. */
export function surroundingsOf(
  { fleet, warmth, hedging, learning }: Knowledge,
  occasion: Occasion,
  { nowMs, turn, seed }: Pick<Surroundings, 'nowMs' | 'turn' | 'seed'>,
  room: TargetRoom | null = null,
): Surroundings {
  const { learnerOf } = learning
  return { fleet, nowMs, seed, turn, occasion, learnerOf, warmth, hedging, room }
}
