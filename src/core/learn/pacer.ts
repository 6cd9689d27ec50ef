import { type Option, priceOfMoney } from './price-of-money.ts'

/** Keeps spending at an average per request. Amounts are nano-dollars. */
export interface Pacer {
  /** Reward that spending one budget of a request must be worth. */
  price: number
  /** What may be spent before the average is exceeded; negative once it is. */
  creditNanoUsd: number
  /** Requests that were paid for. */
  requests: number
  /** How far overspent the request left it that overspent; 0 while nothing is. */
  debtNanoUsd: number
}

export function newPacer(): Pacer {
  return { price: 0, creditNanoUsd: 0, requests: 0, debtNanoUsd: 0 }
}

/** Credit that is aimed for, in budgets of a request: what cushions the cost of a single one. */
const reserve = 40
/** Requests in which a missing reserve is made up, and a larger one spent. */
const makeUp = 100
/** Savings of the past that may be spent later, in budgets of a request. */
const mostCredit = 500
/** Share of all that was budgeted so far that may be overspent. */
const tolerance = 0.0025

/** What costs at most this share of the budget saves money. */
const thrifty = 0.9

/** After each request that was paid for. */
export function pay(pacer: Pacer, costNanoUsd: number, budgetNanoUsd: number): void {
  const before = roomOf(pacer, budgetNanoUsd)
  const credit = pacer.creditNanoUsd + budgetNanoUsd - costNanoUsd
  pacer.creditNanoUsd = Math.min(credit, mostCredit * budgetNanoUsd)
  pacer.requests++
  const room = roomOf(pacer, budgetNanoUsd)
  if (room >= 0) pacer.debtNanoUsd = 0
  else if (before >= 0) pacer.debtNanoUsd = -room
}

/** What may be spent now without more than the tolerance being overspent. */
function roomOf({ creditNanoUsd, requests }: Pacer, budgetNanoUsd: number): number {
  return creditNanoUsd + tolerance * requests * budgetNanoUsd
}

/**
 * Sets the price so that requests like the recent ones, each served by what is best at that price,
 * cost the budget on average: a little less while the reserve is short, a little more while it is full.
 */
export function setPrice(
  pacer: Pacer,
  recent: readonly (readonly Option[])[],
  budgetNanoUsd: number,
): void {
  const missing = reserve - pacer.creditNanoUsd / budgetNanoUsd
  const plan = Math.max(0.5, Math.min(1.5, 1 - missing / makeUp))
  pacer.price = priceOfMoney(recent, plan)
}

/**
 * Whether a target may be chosen: even its high cost is covered, or it saves money. Once overspent,
 * only what saves and will not add to the debt; the cheapest is left to the caller to allow.
 */
export function affordable(
  pacer: Pacer,
  usualNanoUsd: number,
  highNanoUsd: number,
  budgetNanoUsd: number,
): boolean {
  const room = roomOf(pacer, budgetNanoUsd) + budgetNanoUsd
  const saves = usualNanoUsd <= thrifty * budgetNanoUsd
  if (room < budgetNanoUsd) return saves && highNanoUsd <= room + pacer.debtNanoUsd
  return saves || highNanoUsd <= room
}
