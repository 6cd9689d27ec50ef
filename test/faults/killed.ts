import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import { expect } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { chatOf, openCaller } from '../support/caller.ts'
import { temporaryDirectory, until } from '../support/gateway.ts'
import { booksAt, type SeenBook } from '../support/limit-books.ts'
import { providerAt, testAdminToken, yamlOf } from '../support/limited-gateway.ts'
import { type MeteredUpstream, startMeteredUpstream, usageOf } from '../support/metered-upstream.ts'
import { quietZone } from '../support/quiet-zone.ts'
import { startWaybillProcess } from '../support/waybill-process.ts'

export interface Killing {
  readonly times: number
  readonly seed: number
  readonly clients: number
  /** Replies after which the gateway may be killed: 0 for one that has hardly begun. */
  readonly afterReplies: number
  /** The random moment after that lies within so long. */
  readonly withinMs: number
}

/** How things stood when the gateway that follows had started. */
export interface Afterwards {
  readonly books: readonly SeenBook[]
  /** Requests the provider has got, ever. */
  readonly seen: number
  /** Ever, at the moment of a kill: requests of clients that the provider never got. */
  readonly unseen: number
}

/**
 * Starts a gateway on the same data again and again, and kills each (SIGKILL) under load. The limits
 * have room for everything; the days begin at another time of the day than now.
 */
export async function killAgainAndAgain(killing: Killing): Promise<Afterwards[]> {
  const random = seededRandom(killing.seed)
  const upstream = await startMeteredUpstream(({ body }) => ({
    firstMs: Math.floor(random() * 30),
    words: 4,
    wordMs: body['stream'] === true ? 5 : 0,
    usage: usageOf(20, 100),
  }))
  const yaml = configuration(upstream)
  const directory = temporaryDirectory()
  const found: Afterwards[] = []
  let unseen = 0
  for (let time = 0; time <= killing.times; time++) {
    const environment = { WAYBILL_ADMIN_TOKEN: testAdminToken }
    const waybill = await startWaybillProcess({ yaml, environment, directory })
    const { admin } = waybill.log().find(({ msg }) => msg === 'listening') ?? {}
    const books = await booksAt({ url: String(admin), token: testAdminToken })
    found.push({ books, seen: upstream.seen.length, unseen })
    const before = upstream.seen.length
    // The last one is only asked how its books stand.
    const asked = time === killing.times ? 0 : await loadUntilKilled(waybill, killing, random)
    unseen += asked - (upstream.seen.length - before)
  }
  return found
}

/** Resolves with the number of requests that were sent to it. */
async function loadUntilKilled(
  { url, child }: Awaited<ReturnType<typeof startWaybillProcess>>,
  { clients, afterReplies, withinMs }: Killing,
  random: () => number,
): Promise<number> {
  const caller = openCaller(url)
  let [asked, answered, over] = [0, 0, false]
  const client = async () => {
    while (!over) {
      const stream = asked++ % 2 === 0
      const headers = { 'x-waybill-user': `user-${asked % 40}` }
      const body = chatOf('chat', { stream, max_tokens: 100 })
      const { complete } = await caller.ask({ body, headers })
      if (complete) answered++
    }
  }
  const load = Promise.all(Array.from({ length: clients }, client))
  await until(() => answered >= afterReplies)
  await after(random() * withinMs)
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  over = true
  await Promise.all([exited, load])
  // What it had written to its sockets is read by now.
  await after(50)
  return asked
}

function configuration({ baseUrl }: MeteredUpstream): string {
  const price = { input: 1, output: 3 }
  const each = { requests: 100_000, tokens: 1e9, cost: 1e4 }
  return yamlOf({
    providers: { up: providerAt(baseUrl, { models: { m: { price } } }) },
    models: { chat: { targets: ['up/m'] } },
    limits: {
      global: [
        { per: 'hour', ...each },
        { per: 'day', ...each, timeZone: quietZone() },
        { concurrent: 1_000 },
      ],
      user: [{ per: 'hour', ...each }, { concurrent: 1_000 }],
    },
  })
}

/** What each request takes: 20 tokens of input and 100 of output. */
const takes = { tokens: 120, cost: 0.00032 }

/** What the books of a limit hold, all users together. */
function held(books: readonly SeenBook[], id: string): number {
  return books.filter((book) => book.id === id).reduce((sum, { used }) => sum + used, 0)
}

/** The books of each metric, in step with each other: what was charged in one step was kept in one. */
export function expectInStep({ books }: Afterwards): void {
  const requests = held(books, 'global requests/hour')
  for (const id of ['global requests/day', 'user requests/hour']) {
    expect([id, held(books, id)]).toEqual([id, requests])
  }
  for (const scope of ['global', 'user']) {
    for (const metric of ['tokens', 'cost'] as const) {
      const expected = requests * takes[metric]
      const found = held(books, `${scope} ${metric}/hour`)
      // What was under way stays charged as it was estimated.
      expect(found / expected).toBeGreaterThan(0.999)
      expect(found / expected).toBeLessThan(1.02)
    }
  }
  expect(books.filter(({ reserved }) => reserved !== 0)).toEqual([])
  expect(books.filter(({ id, used }) => id.endsWith(' concurrent') && used !== 0)).toEqual([])
}

/** Requests in the books beyond those the provider got. */
export function surplusOf({ books, seen }: Afterwards): number {
  return held(books, 'global requests/hour') - seen
}
