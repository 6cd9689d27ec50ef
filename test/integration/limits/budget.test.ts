import { describe, expect, it } from 'vitest'
import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from '../../../src/core/random.ts'
import { chatOf } from '../../support/caller.ts'
import { bookAt } from '../../support/limit-books.ts'
import { providerAt, startLimited } from '../../support/limited-gateway.ts'
import { startMeteredUpstream, usageOf } from '../../support/metered-upstream.ts'
import { clientKey } from '../routing/stage.ts'

const { key, headers } = clientKey('web')
/** A cent for ten tokens of output: replies of 50 tokens are 5 cents. */
const price = { input: 0, output: 1_000 }

interface Case { lengths: (random: () => number) => number; maxTokens: number | null; seed: number; stream: boolean; quiet: string }

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export const lengths = {
  even: (random: () => number) => 50 * (0.6 + 0.8 * random()),
  wide: (random: () => number) => Math.min(400, 40 * Math.exp(0.67 * normal(random))),
}

async function run({ lengths, maxTokens, seed, stream }: Case) {
  const random = seededRandom(seed)
  const outputs: number[] = []
  const upstream = await startMeteredUpstream(() => {
    const drawn = Math.max(1, Math.round(lengths(random)))
    const output = maxTokens === null ? drawn : Math.min(maxTokens, drawn)
    outputs.push(output)
    return { firstMs: 50 + Math.floor(random() * 50), words: output, wordMs: stream ? 2 : 2, usage: usageOf(5, output) }
  })
  const { caller, admin, waybill } = await startLimited({
    providers: { up: providerAt(upstream.baseUrl, { models: { m: { price } } }) },
    models: { chat: { targets: ['up/m'] } },
    clients: { web: { key, limits: [{ per: 'day', cost: 1, timeZone: 'Etc/GMT-3' }] } },
  })
  let refusals = 0
  let waits = new Map<string, number>()
  const started = performance.now()
  await Promise.all(Array.from({ length: 200 }, async () => {
    for (let attempt = 0; attempt < 12; attempt++) {
      const { status, headers: told } = await caller.ask({ body: chatOf('chat', { stream, ...(maxTokens === null ? {} : { max_tokens: maxTokens }) }), headers })
      if (status === 200) return
      refusals++
      const wait = told['retry-after'] ?? 'none'
      waits.set(wait, (waits.get(wait) ?? 0) + 1)
      if (!(Number(wait) <= 5)) return
      await pause(Number(wait) * 1000)
    }
  }))
  const spent = outputs.reduce((s, o) => s + o / 1000, 0)
  const book = await bookAt(admin, 'client:web cost/day')
  const records = await waybill.store.recentWaybills(10_000)
  const bad = records.flatMap(({ limits }) => limits).filter((l) => l.needed !== null && l.needed <= l.remaining).length
  return { spent: +spent.toFixed(4), book: book.used, reserved: book.reserved, n: outputs.length, refusals, bad, waits: [...waits].map((w) => w.join(':')).slice(0, 4).join(' '), s: Math.round((performance.now() - started) / 1000) }
}
describe('budget', () => {
  it('x', async () => {
    const { appendFileSync } = await import('node:fs')
    for (const seed of [1, 2, 3]) {
    await Promise.all((['even', 'wide'] as const).flatMap((name) => [null, 60, 400].map(async (maxTokens) => {
      const r = await run({ lengths: lengths[name], maxTokens, seed, stream: seed % 2 === 0, quiet: '' })
      appendFileSync('/tmp/limits/H/budget.txt', `${name} ${maxTokens} ${seed} ${JSON.stringify(r)}\n`)
    })))
    }
    expect(1).toBe(1)
  }, 180_000)
})
