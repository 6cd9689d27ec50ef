import { setTimeout as passed } from 'node:timers/promises'
import { ErrorReply } from '@redis/client'
import type { Change } from './change.ts'
import { argumentsOfChanges } from './change.ts'
import { follow, type Joined, join } from './join.ts'
import type { Asking } from './link.ts'
import { adjustScript } from './lua/adjust.ts'
import { borrowScript } from './lua/borrow.ts'
import { done } from './lua/gate.ts'
import { renewScript } from './lua/restore.ts'
import { Away } from './problems.ts'
import { numbersOrThrow } from './reply.ts'
import { type Remembered, remembered, restore } from './restore.ts'
import { bookListOf, headOf, type Sharing } from './sharing.ts'
import { leaseMs } from './terms.ts'

/** In one call, which then takes about a millisecond. */
export const changesAtOnce = 100
const placesAtOnce = 500

const lookAgainMs = 100

const hotScripts = [borrowScript, adjustScript]

/** A gateway on its way back to the shared books. */
export class Rejoin {
  readonly #sharing: Sharing
  /** What is still to be told of a loss, and for which epoch. */
  #telling: { readonly epoch: number; readonly books: Remembered[] } | null = null

  constructor(sharing: Sharing) {
    this.#sharing = sharing
  }

  /**
   * Brings Redis up to date about what happened without it, and this gateway about Redis. Rejects where
   * that fails; then it goes on from there the next time. `beforeReady` has its turn after a loss.
   */
  async run(asking: Asking, beforeReady: () => Promise<void>): Promise<Joined> {
    const { standing, deeds, places, unsent } = this.#sharing
    // Where Redis learns a script only when it is first run, the next one overtakes it. Some do not let
    // clients load scripts: they learn them so.
    for (const { text } of hotScripts) await asking.send(['SCRIPT', 'LOAD', text]).catch(ifRefused)
    let joined = await join(this.#sharing, asking)
    for (const change of deeds.resolve(joined.noted)) {
      const { ticket } = change
      // What was borrowed here instead holds the same place.
      if (ticket === null || !places.has(change, ticket)) unsent.add(change)
    }
    if (standing.epoch === 0) standing.epoch = joined.epoch
    else if (standing.epoch !== joined.epoch) await this.#tell(asking, joined.epoch, beforeReady)
    while (!joined.ready) {
      await passed(lookAgainMs)
      joined = await join(this.#sharing, asking)
      if (joined.epoch !== standing.epoch) throw new Away('has lost its data again')
    }
    while (unsent.size > changesAtOnce) await this.#adjust(asking, unsent.take(changesAtOnce))
    for (const call of renewCalls(this.#sharing))
      await asking.call(renewScript, call.keys, call.values)
    follow(this.#sharing, joined)
    return joined
  }

  async #tell(asking: Asking, epoch: number, beforeReady: () => Promise<void>): Promise<void> {
    if (this.#telling?.epoch !== epoch) {
      this.#telling = { epoch, books: remembered(this.#sharing) }
      // The shadow, which has just been written down, knew of these.
      this.#sharing.unsent.drop(({ limit }) => limit.window.kind === 'sliding')
    }
    await beforeReady()
    await restore(this.#sharing, asking, epoch, this.#telling.books)
    this.#sharing.standing.epoch = epoch
    this.#telling = null
  }

  async #adjust(asking: Asking, changes: readonly Change[]): Promise<void> {
    const { deeds, unsent } = this.#sharing
    const number = deeds.next()
    const call = adjustCall(this.#sharing, number, changes)
    const numbers = await asking
      .call(adjustScript, call.keys, call.values)
      .then(numbersOrThrow, (error: unknown) => {
        deeds.doubt({ number, changes })
        throw error
      })
    if (numbers[0] === done) {
      deeds.lastDone = Math.max(deeds.lastDone, number)
      return
    }
    for (const change of changes) unsent.add(change)
    throw new Away('has lost its data again')
  }
}

function ifRefused(error: unknown): void {
  if (!(error instanceof ErrorReply)) throw error
}

export interface ScriptCall {
  readonly keys: readonly string[]
  readonly values: readonly string[]
}

export function adjustCall(
  sharing: Sharing,
  number: number,
  changes: readonly Change[],
): ScriptCall & { readonly books: ReturnType<typeof bookListOf> } {
  const books = bookListOf(sharing)
  const rest = argumentsOfChanges(changes, books)
  const values = [...headOf(sharing, number), String(books.size), ...books.terms, ...rest]
  return { keys: books.keys, values, books }
}

/** Prolongs every place that is held here. */
export function renewCalls(sharing: Sharing): ScriptCall[] {
  const { places } = sharing
  const all = places.all()
  places.unknown = false
  const calls: ScriptCall[] = []
  for (let from = 0; from < all.length; from += placesAtOnce) {
    const books = bookListOf(sharing)
    const values = [String(leaseMs)]
    for (const { binding, ticket } of all.slice(from, from + placesAtOnce)) {
      values.push(String(books.placeOf(binding)), ticket)
    }
    calls.push({ keys: books.keys, values })
  }
  return calls
}
