import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startGateway } from '../support/gateway.ts'
import { blockWith } from './documents.ts'

const file = 'docs/how-to/limits-and-budgets.md'
const key = 'wb-of-the-documentation'
const hash = createHash('sha256').update(key).digest('hex')

const simulated = [
  '{ simulated: { timeToFirstTokenMs: 0, tokensPerSecond: 100000 },',
  'models: { small: { price: { input: 1, output: 1000 } } } }',
].join(' ')

/** A documented configuration with a simulated provider in place of the real one. */
async function asking(part: string) {
  const yaml = blockWith(file, part)
    .text.replace(/\{ apiKey: [^}]+\}" \}/, simulated)
    .replace(/sha256:\w+/, `sha256:${hash}`)
    .replace('0.0.0.0:4100', '127.0.0.1:0')
  const { url } = await startGateway(yaml)
  return (headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify({
        model: 'openai/small',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Hello!' }],
      }),
    })
}

describe('limits and budgets', () => {
  it('a client gets its requests and their burst, and is told of the limit then', async () => {
    const ask = await asking('requests: 100, burst: 10 }\n      - { per: minute, tokens')
    const statuses: number[] = []
    for (let asked = 0; asked < 110; asked++) statuses.push((await ask()).status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(110)
    const refused = await ask()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(refused.headers.get('x-ratelimit-limit-requests')).toBe('110')
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0')
    expect(await refused.text()).toContain('rate_limited')
  })

  it('each user of a policy has a dollar a day', async () => {
    const ask = await asking('each: [user], timeZone')
    const alice = { 'x-waybill-user': 'alice' }
    let answered = 0
    while (answered < 1_000 && (await ask(alice)).status === 200) answered++
    expect(answered).toBeGreaterThan(5)
    expect(answered).toBeLessThan(1_000)
    const refused = await ask(alice)
    expect(refused.status).toBe(429)
    expect(await refused.text()).toContain('budget_exceeded')
    expect((await ask({ 'x-waybill-user': 'bob' })).status).toBe(200)
  })

  it('who is no trusted proxy cannot claim another address', async () => {
    const ask = await asking('trustedProxies: [10.0.0.0/24')
    const statuses: number[] = []
    for (let asked = 0; asked < 51; asked++) {
      statuses.push((await ask({ 'x-forwarded-for': `203.0.113.${asked}` })).status)
    }
    expect(statuses.slice(0, 50).every((status) => status === 200)).toBe(true)
    expect(statuses[50]).toBe(429)
  })
})
