import type { Price } from '../account/price.ts'
import { capabilityNames } from '../needs.ts'
import type { Request } from '../request.ts'
import type { Preferred, RuleCase } from './apply-rules.ts'
import type { RankedCandidate } from './plan.ts'
import { preferNearest } from './prefer-nearest.ts'
import type { RuleOrder } from './rule.ts'

/** The candidates an order has an opinion of, best first; equals stay as the strategy put them. */
export function preferByOrder(order: RuleOrder, given: RuleCase): Preferred {
  const { ranked, request } = given
  switch (order) {
    case 'cheapest': {
      const candidates = lowest(ranked, ({ outlook }) => outlook.costNanoUsd)
      return because(candidates, 'lowest expected cost')
    }
    case 'fastest': {
      const candidates = lowest(ranked, ({ outlook }) =>
        request.streaming === null ? outlook.totalMs : outlook.firstTokenMs,
      )
      return because(candidates, 'lowest expected latency')
    }
    case 'best': {
      const candidates = lowest(ranked, ({ target }) => negated(listPrice(target.price)))
      return because(candidates, 'dearest model')
    }
    case 'capable':
      return because(capable(ranked, request), 'known to do what is asked')
    case 'nearest':
      return preferNearest(given)
  }
}

function because(candidates: readonly RankedCandidate[], words: string): Preferred {
  return { candidates, why: `${candidates[0]?.target.name}, ${words}` }
}

function lowest(
  ranked: readonly RankedCandidate[],
  figure: (candidate: RankedCandidate) => number | null,
): RankedCandidate[] {
  const known: { candidate: RankedCandidate; value: number }[] = []
  for (const candidate of ranked) {
    const value = figure(candidate)
    if (value !== null) known.push({ candidate, value })
  }
  known.sort((a, b) => a.value - b.value)
  return known.map(({ candidate }) => candidate)
}

/**
 * What a provider asks for a model is the one judgement of its quality that exists for every model. Three
 * tokens of input to one of output, as price lists are usually compared.
 */
function listPrice(price: Price | null): number | null {
  return price === null ? null : 3 * price.inputNanoUsd + price.outputNanoUsd
}

function negated(value: number | null): number | null {
  return value === null ? null : -value
}

/** Those known to do all of it; the ones that cannot are excluded long before. */
function capable(ranked: readonly RankedCandidate[], request: Request): RankedCandidate[] {
  const needs = request.needs()
  const needed = capabilityNames.filter((name) => needs[name])
  return ranked.filter(({ target }) => needed.every((name) => target.capabilities[name] === true))
}
