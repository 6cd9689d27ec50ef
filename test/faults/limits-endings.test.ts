import { describe, expect, it, onTestFinished } from 'vitest'
import type { AttemptRecord } from '../../src/core/account/record.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { seededRandom } from '../../src/core/random.ts'
import { type Mock, startMock } from '../../src/mock/start-mock.ts'
import { clientKey } from '../integration/routing/stage.ts'
import { chatOf } from '../support/caller.ts'
import { booksAt, metricAt, type SeenBook } from '../support/limit-books.ts'
import { type LimitedGateway, providerAt, startLimited } from '../support/limited-gateway.ts'
import { endings, maySendTwice, nameOf } from './endings.ts'
import { eventually } from './rig.ts'

const each = { requests: 1e9, tokens: 1e12, cost: 1e6 }
/** Each of these is far away: it counts and never refuses. */
const wide = [{ per: 'hour', ...each }, { concurrent: 10_000 }]
const price = { input: 1_000, output: 3_000 }

/** How the models of a provider behave. */
function behaviours(provider: 'a' | 'b'): Record<string, string> {
  return Object.fromEntries(
    Object.entries(endings).map(([ending, { [provider]: behaviour = '' }]) => [
      `${provider}-${nameOf(ending)}`,
      behaviour,
    ]),
  )
}

function sections(mock: Mock): JsonObject {
  const model = { price, limits: wide, capabilities: { assistantPrefix: true } }
  const provider = (id: 'a' | 'b') =>
    providerAt(`${mock.url}/v1`, {
      models: Object.fromEntries(Object.keys(behaviours(id)).map((name) => [name, model])),
    })
  const aliases = Object.entries(endings).map(([ending, { b, alias = {} }]) => {
    const name = nameOf(ending)
    const targets = b === undefined ? [`a/a-${name}`] : [`a/a-${name}`, `b/b-${name}`]
    const timeouts = { connect: '5s', firstToken: '5s', idle: '5s', total: '10s' }
    return [name, { targets, timeouts, retry: { attempts: 2, backoff: '5ms' }, ...alias }]
  })
  return {
    providers: { a: provider('a'), b: provider('b') },
    models: Object.fromEntries(aliases),
    policies: { patient: { allow: ['*'], queue: { maxWait: '300ms', size: 500 } } },
    clients: {
      web: { key: clientKey('web').key },
      tight: { key: clientKey('tight').key, limits: [{ per: 'day', requests: 20 }] },
      patient: { key: clientKey('patient').key, policy: 'patient', limits: [{ concurrent: 2 }] },
    },
    limits: Object.fromEntries(scopes.map((scope) => [scope, wide])),
    // Nothing but limits is to keep anybody from being asked.
    retryBudget: { share: '100%', floor: 100_000 },
    health: { consecutiveFailures: 1_000, failureRate: '100%', minimumCalls: 1_000 },
  }
}

const scopes = ['global', 'ip', 'user', 'client', 'policy', 'model', 'provider']

/** Every ending in a random order, by 64 clients; each begins its next request when one has ended. */
async function play(gateway: LimitedGateway, count: number, seed: number): Promise<void> {
  const random = seededRandom(seed)
  const names = Object.keys(endings)
  let begun = 0
  const client = async () => {
    while (begun < count) {
      begun++
      const name = names[Math.floor(random() * names.length)] ?? ''
      const { call: { more = {}, ...call } = {}, client: who = 'web' } = endings[name] ?? { a: '' }
      await gateway.caller.ask({
        body: chatOf(nameOf(name), more),
        ...call,
        headers: { ...clientKey(who).headers, 'x-waybill-user': `u${begun % 50}`, ...call.headers },
      })
    }
  }
  await Promise.all(Array.from({ length: 64 }, client))
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}

/** What the books must hold by the attempts that were made, in tokens and dollars. */
function taken(attempts: readonly AttemptRecord[]) {
  return {
    tokens: sum(attempts.map(({ usage }) => usage.inputTokens + usage.outputTokens)),
    cost: sum(attempts.map(({ costNanoUsd }) => costNanoUsd)) / 1e9,
  }
}

/** What the books of a scope hold, all its values together. */
function held(books: readonly SeenBook[], isOf: (book: SeenBook) => boolean) {
  const of = (metric: string) =>
    sum(
      books
        .filter((book) => book.id.includes(` ${metric}/hour`) && isOf(book))
        .map((book) => book.used),
    )
  return { requests: of('requests'), tokens: of('tokens'), cost: expect.closeTo(of('cost'), 6) }
}

/**
 * Models whose requests in the log of the mock are not those in the records. One that was cancelled may
 * have been so before it was sent: it is counted all the same.
 */
function differences(mock: Mock, attempts: readonly AttemptRecord[]): [string, number][] {
  const beyond = new Map<string, number>()
  const cancelled = new Map<string, number>()
  const add = (to: Map<string, number>, model: string, by: number) =>
    to.set(model, (to.get(model) ?? 0) + by)
  for (const { model } of mock.log.requests()) add(beyond, model, 1)
  for (const { target, result } of attempts) {
    const model = target.slice(target.indexOf('/') + 1)
    add(beyond, model, -1)
    if (result === 'cancelled') add(cancelled, model, 1)
  }
  const twice = Object.keys(endings).filter(maySendTwice).map(nameOf)
  return [...beyond].filter(([model, by]) => {
    if (twice.includes(model.slice(2))) return false
    return by > 0 || -by > (cancelled.get(model) ?? 0)
  })
}

describe('10,000 requests that end in every way', () => {
  it.each([1, 2, 3, 4])(
    'leave nothing reserved, and what they took in the books: %i',
    async (seed) => {
      const models = { ...behaviours('a'), ...behaviours('b') }
      const mock = await startMock({ models, logLimit: 100_000 })
      onTestFinished(() => mock.close())
      const gateway = await startLimited(sections(mock))
      await play(gateway, 2_600, seed)
      await eventually(() => gateway.waybill.inFlight() === 0, 20_000)

      expect(await metricAt(gateway.url, 'waybill_limit_reservations')).toBe(0)
      expect(await metricAt(gateway.url, 'waybill_limit_queue_length')).toBe(0)
      const books = await booksAt(gateway.admin)
      expect(books.filter(({ reserved }) => reserved !== 0)).toEqual([])
      expect(books.filter(({ id, used }) => id.endsWith('concurrent') && used !== 0)).toEqual([])

      const records = await gateway.waybill.store.recentWaybills(10_000)
      const sent = records.filter((record) => record.attempts.length > 0)
      const left = records.filter(
        ({ outcome, attempts }) => outcome === 'cancelled' && attempts.length === 0,
      )
      const global = held(books, ({ scope }) => scope === 'global')
      // Some were let in, and their clients had gone before anybody was asked.
      expect(global.requests).toBeGreaterThanOrEqual(sent.length)
      expect(global.requests).toBeLessThanOrEqual(sent.length + left.length)
      const all = sent.flatMap(({ attempts }) => attempts)
      for (const scope of scopes.filter((name) => name !== 'provider')) {
        const isOf = ({ id }: SeenBook) => id.startsWith(`${scope} `)
        const { requests } = global
        expect({ scope, requests, ...taken(all) }).toEqual({ scope, ...held(books, isOf) })
      }
      // A count that is answered by an estimate asks nobody.
      const attempts = sent
        .filter(({ operation }) => operation !== 'count-tokens')
        .flatMap((record) => record.attempts)
      for (const provider of ['a', 'b']) {
        const own = attempts.filter(({ target }) => target.startsWith(`${provider}/`))
        const isOf = ({ scope }: SeenBook) => scope === `provider:${provider}`
        const isOfModel = ({ scope }: SeenBook) => scope.startsWith(`target:${provider}/`)
        const expected = { requests: own.length, ...taken(own) }
        expect(expected).toEqual(held(books, isOf))
        expect(expected).toEqual(held(books, isOfModel))
      }
      expect(differences(mock, attempts)).toEqual([])
    },
  )
})
