import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { WaybillRecord } from '../../src/core/account/record.ts'
import { startRig, wholeText } from './rig.ts'
import { pairs, speakers } from './speakers.ts'

const { openai } = speakers

/** Class of each attempt's failure, null where it answered. */
function classesOf(record: WaybillRecord | undefined): (string | null)[] {
  return (record?.attempts ?? []).map(({ failure }) => failure?.class ?? null)
}

describe('row 1: 429 that says when to come back', () => {
  it('is answered by the next target at once', async () => {
    const rig = await startRig({ first: 'status=429;retry-after=20' })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    expect(reply.totalMs).toBeLessThan(4_500)
    expect(rig.asked()).toEqual(['first', 'second'])
    const [record] = await rig.check()
    expect(classesOf(record)).toEqual(['provider_rate_limited', null])
  })

  it('is waited for when there is no other target', async () => {
    const rig = await startRig({ first: 'status=429;retry-after=2;times=1', second: null })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    const [one, two] = rig.mock.log.requests()
    expect((two?.atMs ?? 0) - (one?.atMs ?? 0)).toBeGreaterThan(1_800)
    expect(rig.asked()).toEqual(['first', 'first'])
    await rig.check()
  })
})

describe('row 2: 429 for ever', () => {
  it.each(['retry-after=1', 'retry-after=none', 'retry-after=years', 'retry-after=garbage'])(
    'goes to the fallback within 5 s, at most 3 times to the primary (%s)',
    async (wait) => {
      const rig = await startRig({ first: `status=429;${wait}`, retry: { attempts: 3 } })
      const reply = await rig.ask(openai)
      expect(reply.status).toBe(200)
      expect(reply.totalMs).toBeLessThan(15_000)
      expect(rig.asked().filter((name) => name === 'first').length).toBeLessThanOrEqual(3)
      const [record] = await rig.check()
      expect(record).toMatchObject({ outcome: 'success', target: 'second/mock' })
    },
  )
})

describe('row 3: 500 once', () => {
  it('is asked again at the same target within 2 s', async () => {
    const rig = await startRig({ first: 'status=500;times=1' })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    expect(reply.totalMs).toBeLessThan(6_000)
    expect(rig.asked()).toEqual(['first', 'first'])
    const [record] = await rig.check()
    expect(classesOf(record)).toEqual(['server_error', null])
  })
})

describe('row 4: 503 for ever', () => {
  it('goes to the fallback within 3 s', async () => {
    const rig = await startRig({ first: 'status=503', retry: { attempts: 2, backoff: '100ms' } })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    expect(reply.totalMs).toBeLessThan(9_000)
    expect(rig.asked()).toEqual(['first', 'first', 'second'])
    const [record] = await rig.check()
    expect(classesOf(record)).toEqual(['overloaded', 'overloaded', null])
  })
})

describe('row 4: once the breaker is open', () => {
  const least = (values: readonly number[]) => Math.min(...values)

  it.each([true, false])(
    'a failing target costs no time any more (streaming: %s)',
    async (streaming) => {
      const rig = await startRig({ first: 'status=503', retry: { attempts: 2, backoff: '100ms' } })
      await rig.ask(openai, { streaming })
      const [through, straight]: [number[], number[]] = [[], []]
      for (let turn = 0; turn < 8; turn++) {
        const reply = await rig.ask(openai, { streaming })
        expect(reply.headers['x-waybill-target']).toBe('second/mock')
        through.push(reply.totalMs)
        straight.push((await rig.ask(openai, { streaming, model: 'well' })).totalMs)
      }
      expect(least(through) - least(straight)).toBeLessThan(50)
      expect(rig.asked().filter((name) => name === 'first').length).toBe(2)
      const [, ...records] = await rig.check()
      for (const { attempts, panic } of records) {
        expect(attempts.length).toBe(1)
        expect(panic).toBe(false)
      }
      const [second] = records
      expect(JSON.stringify(second?.excluded)).toMatch(/breaker open: 2 failures in a row/)
    },
  )
})

describe('row 5: the connection ends before the headers', () => {
  it.each(['rst', 'fin'])('%s once: the same target answers within 2 s', async (fault) => {
    const rig = await startRig({ first: `fault=${fault};times=1` })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    expect(reply.totalMs).toBeLessThan(6_000)
    expect(rig.asked()).toEqual(['first', 'first'])
    await rig.check()
  })

  it.each(['rst', 'fin'])('%s for ever: the fallback answers within 2 s', async (fault) => {
    const rig = await startRig({ first: `fault=${fault}` })
    const reply = await rig.ask(openai, { streaming: true })
    expect(reply.status).toBe(200)
    expect(reply.totalMs).toBeLessThan(6_000)
    expect(openai.hearStream(reply.text).ended).toBe(true)
    const [record] = await rig.check()
    expect(classesOf(record)).toEqual(['unreachable', 'unreachable', null])
  })
})

describe('row 12: the conversation is too long', () => {
  it.each(Object.entries(speakers))('%s: asked once, then of another model', async (_, speaker) => {
    const rig = await startRig({ first: 'error=context-length', retry: { attempts: 3 } })
    const reply = await rig.ask(speaker)
    expect(reply.status).toBe(200)
    expect(rig.asked()).toEqual(['first', 'second'])
    const [record] = await rig.check()
    expect(classesOf(record)).toEqual(['context_length_exceeded', null])
  })

  it.each([
    ['no larger one', 8_000, ['first'], 400],
    ['a larger one', 200_000, ['first', 'second'], 200],
  ])('%s is configured', async (_, contextWindow, asked, status) => {
    const facts = { first: { contextWindow: 8_000 }, second: { contextWindow } }
    const rig = await startRig({ first: 'error=context-length', facts })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(status)
    expect(rig.asked()).toEqual(asked)
    // The conversation is at fault, not the target: it is asked again by the next request.
    await rig.ask(openai)
    expect(rig.asked().slice(asked.length)).toEqual(asked)
    await rig.check()
  })

  it('is told to the client in the words of the provider when nobody takes it', async () => {
    const rig = await startRig({ first: 'error=context-length', second: null })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(400)
    expect(openai.hearWhole(JSON.parse(reply.text)).error).toBe('context_length_exceeded')
    expect(rig.asked()).toEqual(['first'])
    const [record] = await rig.check()
    expect(record).toMatchObject({ outcome: 'failure', status: 400 })
  })
})

describe('row 13: the content is refused', () => {
  it.each(Object.entries(speakers))('%s: passed through, asked nobody else', async (_, speaker) => {
    const rig = await startRig({ first: 'error=content-filter', retry: { attempts: 3 } })
    const reply = await rig.ask(speaker)
    const told = await rig.mock.log.waitFor((entry) => entry.kind === 'ended')
    expect(reply.status).toBe(told.kind === 'ended' ? told.status : null)
    expect(rig.asked()).toEqual(['first'])
    const [record] = await rig.check()
    expect(record).toMatchObject({ outcome: 'failure', failureClass: 'content_filtered' })
  })

  it('asks the next one where the configuration says so', async () => {
    const alias = { rerouteContentFilter: true }
    const rig = await startRig({ first: 'error=content-filter', alias })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    expect(rig.asked()).toEqual(['first', 'second'])
    const [record] = await rig.check()
    expect(classesOf(record)).toEqual(['content_filtered', null])
  })

  it('a reply that ends in a filter is an answer', async () => {
    const rig = await startRig({ first: 'finish=content-filter' })
    const reply = await rig.ask(openai)
    expect(openai.hearWhole(JSON.parse(reply.text)).finish).toBe('content_filter')
    expect(rig.asked()).toEqual(['first'])
    const [record] = await rig.check()
    expect(record).toMatchObject({ outcome: 'success' })
  })
})

describe('row 14: the fallback refuses a prefilled answer', () => {
  it('a stream that was cut shows the cut where nobody is known to go on', async () => {
    const rig = await startRig({ first: 'fault=cut-fin@20', second: 'fault=no-prefill' })
    const reply = await rig.ask(openai, { streaming: true })
    expect(openai.hearStream(reply.text)).toMatchObject({ ended: false, error: 'truncated' })
    expect(rig.asked()).toEqual(['first'])
    const [record] = await rig.check()
    expect(record?.attempts.at(-1)?.failure?.class).toBe('truncated')
  })

  it.each(pairs)('$name: the cut is shown, not what the fallback says to it', async (pair) => {
    const { client, provider } = pair
    const rig = await startRig({
      first: 'fault=cut-fin@20',
      second: 'fault=no-prefill',
      provider,
      facts: { second: { capabilities: { assistantPrefix: true } } },
    })
    const reply = await rig.ask(client, { streaming: true })
    const heard = client.hearStream(reply.text)
    expect(heard).toMatchObject({ ended: false, finish: null, error: 'truncated' })
    expect(wholeText.startsWith(heard.text)).toBe(true)
    expect(reply.text).not.toMatch(/prefill/i)
    const [record] = await rig.check()
    expect(record).toMatchObject({
      outcome: 'failure',
      failureClass: 'truncated',
      target: expect.stringMatching(/^first/),
      usageEstimated: true,
    })
    // Where the bytes of the first cannot be gone on with, nobody is asked to.
    const asked = rig.asked().filter((name) => name !== 'well')
    const goesOn = !['openai-responses', 'gemini-array'].includes(pair.name)
    expect(asked).toEqual(goesOn ? ['first', 'second'] : ['first'])
    if (goesOn) expect(classesOf(record)).toEqual(['truncated', 'invalid_request'])
  })

  it.each(['openai', 'anthropic'] as const)('%s: its error is shown as it is', async (name) => {
    const speaker = speakers[name]
    const rig = await startRig({ first: 'status=500', second: 'fault=no-prefill' })
    const messages = [
      { role: 'user', content: 'Hello there' },
      { role: 'assistant', content: 'This is a' },
    ]
    const reply = await rig.ask(speaker, { body: { messages } })
    expect(reply.status).toBe(400)
    expect(reply.text).toMatch(/prefill|assistant message/i)
    expect(rig.asked().at(-1)).toBe('second')
    const [record] = await rig.check()
    expect(record).toMatchObject({ outcome: 'failure', status: 400 })
    expect(record?.attempts.at(-1)?.failure?.class).toBe('invalid_request')
  })
})

describe('row 24: a provider that redirects', () => {
  it.each([301, 302, 303, 307, 308])('%i: nothing is sent where it leads', async (status) => {
    let connections = 0
    const elsewhere = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void elsewhere.close())
    const address = elsewhere.address()
    const port = typeof address === 'object' ? address?.port : 0
    const rig = await startRig({
      first: `status=${status};location=http://127.0.0.1:${port}/v1/chat/completions`,
      retry: { attempts: 3 },
    })
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    expect(reply.headers['location']).toBeUndefined()
    expect(rig.asked()).toEqual(['first', 'second'])
    const [record] = await rig.check()
    expect(classesOf(record)).toEqual(['malformed_reply', null])
    expect(record?.attempts[0]?.upstreamStatus).toBe(status)
    expect(connections).toBe(0)
  })
})
