import type { Target } from '../catalog.ts'
import type { JsonObject } from '../json.ts'
import type { Usage } from '../reply.ts'
import type { Request } from '../request.ts'
import { type Estimate, estimateOf } from './estimate.ts'
import { expectedOutput, unseenOutput } from './expected-output.ts'
import { InOrder, type Turn } from './in-order.ts'
import { InputRatio } from './input-ratio.ts'
import { LearnedModels } from './learned-models.ts'

export type { Estimate } from './estimate.ts'

/** What requests turned out to take, for those after them. */
export interface Estimates {
  /**
   * `model` is the name the client asked for; `target` sets the price and bounds the output, null:
   * only tokens are asked for.
   */
  estimate(policy: string, model: string, request: Request, target: Target | null): Estimate
  /** A request was admitted. */
  begun(policy: string, model: string, request: Request): Begun
  /** However it ended; `usage` is what it is settled with, null where it was no success. */
  ended(begun: Begun, usage: Usage | null): void
  /** For `openEstimates` after a restart. */
  snapshot(): JsonObject
}

/** A request under way that will teach something. */
export interface Begun {
  readonly policy: string
  readonly model: string
  // Not the request: it would keep its body for as long as its lesson waits.
  readonly inputTokensEstimate: number
  readonly maxOutputTokens: number | null
  readonly turn: Turn<Lesson>
  readonly turns: InOrder<Lesson>
}

interface Lesson {
  readonly begun: Begun
  readonly usage: Usage
}

const unseenInput = new InputRatio()

/** From a snapshot or empty; what is not readable in it is left out. */
export function openEstimates(saved: JsonObject | null = null): Estimates {
  const models = new LearnedModels()
  models.restore(saved?.models)
  /** By name, of those that have requests under way. */
  const underWay = new Map<string, InOrder<Lesson>>()
  const learn = ({ begun, usage }: Lesson) => learnFrom(models, begun, usage)
  return {
    estimate(policy, model, request, target) {
      const known = models.get(model)
      const { operation } = request.endpoint
      const estimated = request.inputTokensEstimate
      const bound = mostAllowed(request, target)
      const input = (known?.input ?? unseenInput).expected(estimated)
      const output =
        known === undefined
          ? unseenOutput(operation, bound)
          : expectedOutput(known.alike(policy, estimated), known.output, bound)
      return estimateOf(input, output, operation, target?.price ?? null)
    },
    begun(policy, model, request) {
      let turns = underWay.get(model)
      if (turns === undefined) {
        turns = new InOrder(learn)
        underWay.set(model, turns)
      }
      const { inputTokensEstimate, maxOutputTokens } = request
      const turn = turns.begin()
      return { policy, model, inputTokensEstimate, maxOutputTokens, turns, turn }
    },
    ended(begun, usage) {
      const { model, turns, turn } = begun
      turns.end(turn, usage === null ? null : { begun, usage })
      if (turns.empty && underWay.get(model) === turns) underWay.delete(model)
    },
    snapshot: () => ({ models: models.snapshot() }),
  }
}

/** What neither the client nor the model lets a reply exceed. */
function mostAllowed(request: Request, target: Target | null): number {
  const asked = request.maxOutputTokens ?? Number.POSITIVE_INFINITY
  return Math.min(asked, target?.capabilities.maxOutputTokens ?? asked)
}

function learnFrom(models: LearnedModels, begun: Begun, usage: Usage): void {
  const { policy, inputTokensEstimate, maxOutputTokens } = begun
  const { inputTokens, outputTokens } = usage
  models.change(begun.model, (known) => {
    known.input.learn(inputTokensEstimate, inputTokens)
    known.learn(policy, inputTokensEstimate, outputTokens, outputTokens === maxOutputTokens)
  })
}
