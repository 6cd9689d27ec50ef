import { describe, expect, it, onTestFinished } from 'vitest'
import type { AttemptRecord, WaybillRecord } from '../../src/core/account/record.ts'
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

/** What the books must hold, by the records of what happened: in requests, tokens and dollars. */
function taken(records: readonly Pick<WaybillRecord, 'usage' | 'costNanoUsd'>[]) {
  return {
    requests: records.length,
    tokens: sum(records.map(({ usage }) => usage.inputTokens + usage.outputTokens)),
    cost: sum(records.map(({ costNanoUsd }) => costNanoUsd)) / 1e9,
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

/** Requests that reached the mock beyond the attempts in the records, by model. */
function differences(mock: Mock, attempts: readonly AttemptRecord[]): [string, number][] {
  const seen = new Map<string, number>()
  const add = (model: string, by: number) => seen.set(model, (seen.get(model) ?? 0) + by)
  for (const { model } of mock.log.requests()) add(model, 1)
  for (const { target } of attempts) add(target.slice(target.indexOf('/') + 1), -1)
  const twice = Object.keys(endings).filter(maySendTwice).map(nameOf)
  return [...seen].filter(([model, by]) => by !== 0 && !twice.includes(model.slice(2)))
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
      const admitted = records.filter(({ attempts }) => attempts.length > 0)
      for (const scope of scopes.filter((name) => name !== 'provider')) {
        const isOf = ({ id }: SeenBook) => id.startsWith(`${scope} `)
        expect({ scope, ...taken(admitted) }).toEqual({ scope, ...held(books, isOf) })
      }
      // A count that is answered by an estimate asks nobody.
      const attempts = admitted
        .filter(({ operation }) => operation !== 'count-tokens')
        .flatMap((record) => record.attempts)
      for (const provider of ['a', 'b']) {
        const own = attempts.filter(({ target }) => target.startsWith(`${provider}/`))
        const isOf = ({ scope }: SeenBook) => scope === `provider:${provider}`
        expect(taken(own)).toEqual(held(books, isOf))
        const ofModels = ({ scope }: SeenBook) => scope.startsWith(`target:${provider}/`)
        expect(taken(own)).toEqual(held(books, ofModels))
      }
      expect(differences(mock, attempts)).toEqual([])
    },
  )
})
