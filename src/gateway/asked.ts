import type { Catalog, Client } from '../core/catalog.ts'
import { makePlan, type NoPlan, type Resolved } from '../core/plan/make-plan.ts'
import type { Occasion } from '../core/plan/occasion.ts'
import type { Plan } from '../core/plan/plan.ts'
import { hashSeed } from '../core/random.ts'
import type { Request } from '../core/request.ts'
import { demandOf } from './admission.ts'
import type { Demand } from './demand.ts'
import type { Incoming } from './exchange.ts'
import type { Knowledge } from './knowledge.ts'
import type { Limiting } from './limiting.ts'
import type { Ports } from './ports.ts'
import { surroundingsOf } from './surroundings.ts'

interface World {
  readonly ports: Ports
  readonly catalog: Catalog
  readonly knowledge: Knowledge
  readonly limiting: Limiting
}

/** What a request asks for, by whom and on what occasion: all that its plans are made from, however often. */
export class Asked {
  readonly incoming: Incoming
  readonly client: Client
  readonly request: Request
  readonly resolved: Resolved
  readonly occasion: Occasion
  readonly #world: World
  readonly #turn: number
  readonly #seed: number

  /** It takes its turn of the name. */
  constructor(
    world: World,
    incoming: Incoming,
    client: Client,
    request: Request,
    resolved: Resolved,
    occasion: Occasion,
  ) {
    this.incoming = incoming
    this.client = client
    this.request = request
    this.resolved = resolved
    this.occasion = occasion
    this.#world = world
    this.#turn = resolved.as === 'alias' ? world.knowledge.turns.next(resolved.alias.name) : 0
    this.#seed = hashSeed(request.id)
  }

  /** What it would take from limits; null where none binds. */
  demandNow(): Demand | null {
    const { limiting, knowledge, ports } = this.#world
    return demandOf(limiting, knowledge, this, ports.clock.nowMs())
  }

  plan(room: Demand | null): Plan | NoPlan {
    const { knowledge, catalog, ports } = this.#world
    const moment = { nowMs: ports.clock.monotonicMs(), turn: this.#turn, seed: this.#seed }
    const surroundings = surroundingsOf(knowledge, this.occasion, moment, room)
    return makePlan(this.request, this.resolved, catalog, surroundings)
  }
}
