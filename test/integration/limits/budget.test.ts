import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { chatOf } from '../../support/caller.ts'
import { bookAt } from '../../support/limit-books.ts'
import { type LimitedGateway, providerAt, startLimited } from '../../support/limited-gateway.ts'
import { startMeteredUpstream, usageOf } from '../../support/metered-upstream.ts'
import { quietZone } from '../../support/quiet-zone.ts'
import { clientKey } from '../routing/stage.ts'

/** A dollar a day, for requests of about five cents; nobody knows before how long a reply will be. */
const budget = { per: 'day', cost: 1, timeZone: quietZone() }
/** Per million tokens. */
const price = { input: 100, output: 1_000 }
const { key, headers } = clientKey('web')

interface Course {
  /** Of the output, by its mean. */
  readonly spread: (random: () => number) => number
  /** Prompts of 20 to 480 tokens, half of the cost; else all are short. */
  readonly prompts: 'varied' | 'same'
  /** `max_tokens`, in means of the output; null: not set. */
  readonly bound: number | null
  readonly seed: number
}

interface Played {
  readonly gateway: LimitedGateway
  /** Dollars, by what the provider has sent. */
  readonly spent: () => number
  readonly served: number
}

const within40 = (random: () => number) => 0.6 + 0.8 * random()
/** Lognormal, sigma 0.5: one in twenty is more than twice as long as the median. */
const wide = (random: () => number) => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(0.5 * normal - 0.125)
}

/** 200 requests at once; who is refused asks again as soon as told to, if that is soon. */
async function play({ spread, prompts, bound, seed }: Course): Promise<Played> {
  const random = seededRandom(seed)
  const mean = prompts === 'varied' ? 25 : 49
  const sent: number[] = []
  const upstream = await startMeteredUpstream(({ body }) => {
    const most = Number(body['max_tokens'] ?? Number.POSITIVE_INFINITY)
    const output = Math.min(most, Math.max(1, Math.round(mean * spread(random))))
    // As many tokens as the gateway takes them for: what is asked here is about replies.
    const input = Math.round(JSON.stringify(body['messages']).length / 4)
    sent.push((input * price.input + output * price.output) / 1e6)
    return {
      firstMs: 20 + Math.floor(random() * 30),
      words: output,
      wordMs: 4,
      usage: usageOf(input, output),
    }
  })
  const gateway = await startLimited({
    providers: { up: providerAt(upstream.baseUrl, { models: { m: { price } } }) },
    models: { chat: { targets: ['up/m'] } },
    clients: { web: { key, limits: [budget] } },
  })
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async (_, number) => {
      const letters = prompts === 'varied' ? 80 + 1_840 * random() : 20
      const body = chatOf('chat', {
        stream: number % 2 === 0,
        messages: [{ role: 'user', content: 'x'.repeat(letters) }],
        ...(bound === null ? {} : { max_tokens: Math.round(bound * mean) }),
      })
      for (let attempt = 0; attempt < 20; attempt++) {
        const { status, headers: told } = await gateway.caller.ask({ body, headers })
        const seconds = Number(told['retry-after'])
        if (status !== 429 || !(seconds <= 5)) return status
        await pause(1_000 * seconds)
      }
      return 429
    }),
  )
  expect(new Set(statuses)).toEqual(new Set([200, 429]))
  const served = statuses.filter((status) => status === 200).length
  expect(served).toBe(sent.length)
  return { gateway, spent: () => sent.reduce((sum, dollars) => sum + dollars, 0), served }
}

/** What holds however lengths are spread. */
async function expectTrue({ gateway, spent }: Played): Promise<void> {
  const book = await bookAt(gateway.admin, 'client:web cost/day')
  expect(book).toMatchObject({ reserved: 0 })
  expect(book.used).toBeCloseTo(spent(), 6)
  const records = await gateway.waybill.store.recentWaybills(10_000)
  const refusals = records.flatMap(({ limits }) => limits).filter(({ needed }) => needed !== null)
  expect(refusals.length).toBeGreaterThan(100)
  // None was refused for which spent and reserved had left enough.
  const falsely = refusals.filter(({ needed, remaining }) => (needed ?? 0) <= remaining)
  expect(falsely).toEqual([])
  for (const record of records.filter(({ status }) => status === 429)) {
    expect(record).toMatchObject({ failureClass: 'budget_exceeded', attempts: [] })
  }
}

/** Requests that are known to be small use up what large ones have left. */
async function useUp({ gateway }: Played): Promise<void> {
  const body = chatOf('chat', { max_tokens: 1, messages: [{ role: 'user', content: 'x' }] })
  for (let time = 0; time < 100; time++) {
    const { status } = await gateway.caller.ask({ body, headers })
    if (status !== 200) return
  }
}

describe('a dollar, and 200 requests of about five cents at once', () => {
  const bounds = [null, 1.5, 4]
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length

  it('is spent to within 2 %, where replies differ by 40 % and prompts too', async () => {
    const all = await Promise.all(
      bounds.map((bound, seed) => play({ spread: within40, prompts: 'varied', bound, seed })),
    )
    for (const played of all) {
      await expectTrue(played)
      // By chance it is a little more than 2 % once in a hundred times.
      expect(played.spent()).toBeLessThan(1.03)
      expect(played.spent()).toBeGreaterThan(0.97)
    }
    expect(mean(all.map(({ spent }) => spent()))).toBeLessThanOrEqual(1.02)
    expect(mean(all.map(({ spent }) => spent()))).toBeGreaterThanOrEqual(0.98)
  })

  it('is not exceeded by more than 2 %, where all ask the same; a request that is small fits', async () => {
    const all = await Promise.all(
      bounds.map((bound, seed) =>
        play({ spread: within40, prompts: 'same', bound, seed: 10 + seed }),
      ),
    )
    for (const played of all) {
      await expectTrue(played)
      expect(played.spent()).toBeLessThan(1.035)
      // What is left is less than one of them may take.
      expect(played.spent()).toBeGreaterThan(0.93)
      expect(played.served).toBeGreaterThanOrEqual(17)
      await useUp(played)
      expect(played.spent()).toBeGreaterThan(0.98)
    }
    expect(mean(all.map(({ spent }) => spent()))).toBeLessThanOrEqual(1.02)
  })

  it('is exceeded by little where lengths are wide apart and nobody bounds them', async () => {
    const all = await Promise.all(
      bounds.map((bound, seed) =>
        play({ spread: wide, prompts: 'varied', bound, seed: 20 + seed }),
      ),
    )
    for (const played of all) {
      await expectTrue(played)
      expect(played.spent()).toBeLessThan(1.12)
      expect(played.spent()).toBeGreaterThan(0.95)
    }
  })
})
