import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'
import { chat } from './raw-client.ts'

let mock: Mock
beforeAll(async () => {
  mock = await startMock()
})
afterAll(() => mock.close())

/** Arrival of the pieces of a stream, in milliseconds since the request. */
async function arrivals(behaviour: string): Promise<{ atMs: number; text: string }[]> {
  const started = performance.now()
  const body = JSON.stringify(chat(behaviour, { stream: true }))
  const reply = await fetch(`${mock.url}/v1/chat/completions`, { method: 'POST', body })
  const found = [{ atMs: performance.now() - started, text: '' }]
  for await (const piece of reply.body ?? []) {
    found.push({ atMs: performance.now() - started, text: Buffer.from(piece).toString('utf8') })
  }
  return found
}

describe('pace', () => {
  it('keeps the time to first token and the tokens per second', async () => {
    const pieces = await arrivals('ttft=80;tps=100;tokens=11')
    expect(pieces[0]?.atMs).toBeGreaterThanOrEqual(79)
    expect(pieces.at(-1)?.atMs).toBeGreaterThanOrEqual(179)
    // However late a piece is read, no token came before its turn.
    let words = 0
    for (const { atMs, text } of pieces) {
      words += text.split('"content":"').length - 1
      expect(atMs).toBeGreaterThanOrEqual(79 + 10 * (words - 2))
    }
    expect(words).toBeGreaterThanOrEqual(11)
  })

  it('sends headers and the role ahead of the first token', async () => {
    const pieces = await arrivals('ttft=2000;preamble=10;tokens=2')
    const role = pieces.find(({ text }) => text.includes('"role":"assistant"'))
    expect(role?.text).not.toContain('"content":"This')
    const first = pieces.find(({ text }) => text.includes('"content":"This'))
    expect(first?.atMs).toBeGreaterThanOrEqual(1999)
  })

  it('holds a whole reply back until it could have been spoken', async () => {
    const started = performance.now()
    const body = JSON.stringify(chat('ttft=20;tps=100;tokens=11'))
    await fetch(`${mock.url}/v1/chat/completions`, { method: 'POST', body })
    expect(performance.now() - started).toBeGreaterThanOrEqual(119)
  })

  it('is the same for the same seed, request by request', async () => {
    const whole = async (seed: number) => {
      const own = await startMock({ seed, behaviour: 'rate=0.5;status=500' })
      const statuses: number[] = []
      for (let count = 0; count < 12; count++) {
        const body = JSON.stringify(chat('tokens=1'))
        const init = { method: 'POST', body }
        statuses.push((await fetch(`${own.url}/v1/chat/completions`, init)).status)
      }
      await own.close()
      return statuses
    }
    const first = await whole(5)
    expect(await whole(5)).toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 500]))
  })
})
