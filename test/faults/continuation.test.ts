import { describe, expect, it } from 'vitest'
import { type Dialect, dialects } from '../../src/core/request.ts'
import { clients } from '../support/sdk/clients.ts'
import type { Client, Said } from '../support/sdk/talk.ts'
import { type Plot, type Rig, startRig, wholeText } from './rig.ts'
import { question, type Speaker, speakers } from './speakers.ts'

const goesOn = { second: { capabilities: { assistantPrefix: true } } }
const ask = { model: 'chain', turns: [{ from: 'user' as const, text: question }] }

function another(dialect: Dialect): Dialect {
  return dialects[(dialects.indexOf(dialect) + 1) % dialects.length] ?? 'openai'
}

/** Who answers first and who goes on: the dialect of the client on both sides, on one, on none. */
function waysFor({ dialect }: Client): readonly (readonly [Dialect, Dialect])[] {
  const other = another(dialect)
  const ways: [Dialect, Dialect][] = [
    [dialect, dialect],
    [dialect, other],
    [other, dialect],
    [other, another(other)],
  ]
  // The items and numbers of a Responses stream that passed through are another's.
  return ways.filter(([first]) => first !== 'openai-responses' || dialect !== first)
}

const sdkWays = clients.flatMap(({ name, of }) =>
  waysFor(of('http://127.0.0.1:1')).map(([first, second]) => ({ name, of, first, second })),
)

async function startCut(plot: Omit<Plot, 'first'> & { first?: string }): Promise<Rig> {
  return startRig({ first: 'fault=cut-fin@20', facts: goesOn, ...plot })
}

function expectWhole(said: Said): void {
  expect(said.text).toBe(wholeText)
  expect(said.pieces.join('')).toBe(wholeText)
  expect(said.finish).toBe('stop')
  // Of one reply: what both wrote, the first part counted by us.
  expect(said.usage?.output).toBeGreaterThanOrEqual(55)
  expect(said.usage?.output).toBeLessThanOrEqual(65)
  expect(said.usage?.input).toBeLessThan(30)
}

describe('row 8: a stream that is cut is gone on with', () => {
  it.each(sdkWays)('$name: $first, then $second', async ({ of, first, second }) => {
    const rig = await startCut({ provider: first, secondProvider: second })
    const said = await of(rig.gateway.url).streamed(ask)
    rig.sent(JSON.stringify(said))
    expectWhole(said)
    const [record] = await rig.check()
    expect(record).toMatchObject({ outcome: 'success', status: 200, failureClass: null })
    expect(record?.attempts).toMatchObject([
      { result: 'failure', failure: { class: 'truncated' }, usageEstimated: true },
      { target: 'second/mock', result: 'success', usageEstimated: false },
    ])
    expect(rig.asked().slice(0, 2)).toEqual(['first', 'second'])
  })

  const breaks = ['cut-rst@20', 'cut-chunk@20', 'cut-clean@20', 'bad-json@20', 'cut-clean@60']

  describe.each([...breaks, 'error-event@20;error=overloaded'])('%s', (fault) => {
    it.each(clients)('$name', async ({ name, of }) => {
      const { dialect } = of('http://127.0.0.1:1')
      const provider = dialect === 'openai-responses' ? 'anthropic' : dialect
      const rig = await startCut({ first: `fault=${fault}`, provider })
      const said = await of(rig.gateway.url).streamed(ask)
      rig.sent(JSON.stringify(said))
      expect({ name, text: said.text, finish: said.finish }).toEqual({
        name,
        text: wholeText,
        finish: 'stop',
      })
      await rig.check()
    })
  })

  it('by the target itself, where it stands alone and only the connection broke', async () => {
    const rig = await startRig({
      first: 'fault=cut-fin@20;times=1',
      second: null,
      facts: { first: { capabilities: { assistantPrefix: true } } },
    })
    const reply = await rig.ask(speakers.openai, { streaming: true })
    expect(speakers.openai.hearStream(reply.text)).toMatchObject({ text: wholeText, ended: true })
    expect(rig.asked()).toEqual(['first', 'first'])
    await rig.check()
  })

  it('not where the configuration says no', async () => {
    const rig = await startCut({ alias: { continuation: 'off' } })
    const reply = await rig.ask(speakers.openai, { streaming: true })
    expect(speakers.openai.hearStream(reply.text)).toMatchObject({
      ended: false,
      error: 'truncated',
    })
    expect(rig.asked()).toEqual(['first'])
    await rig.check()
  })

  it.each(['finish=content-filter', 'error=content-filter;fault=error-event@20'])(
    'not what a filter ended (%s)',
    async (first) => {
      const rig = await startCut({ first })
      await rig.ask(speakers.openai, { streaming: true })
      expect(rig.asked()).toEqual(['first'])
      await rig.check()
    },
  )

  it('not once a tool call has begun', async () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]
    const rig = await startCut({ first: 'tools=1;fault=cut-fin@61' })
    const reply = await rig.ask(speakers.openai, { streaming: true, body: { tools } })
    expect(rig.asked()).toEqual(['first'])
    expect(speakers.openai.hearStream(reply.text).ended).toBe(false)
    await rig.check()
  })
})

describe('row 9: a stream that falls silent is gone on with', () => {
  it.each(clients)('$name', async ({ of }) => {
    const { dialect } = of('http://127.0.0.1:1')
    const rig = await startCut({
      first: 'fault=stall@20',
      provider: dialect === 'openai-responses' ? 'gemini' : dialect,
      timeouts: { idle: '500ms' },
    })
    const startMs = performance.now()
    const said = await of(rig.gateway.url).streamed(ask)
    rig.sent(JSON.stringify(said))
    expectWhole(said)
    expect(performance.now() - startMs).toBeLessThan(3_000)
    const [record] = await rig.check()
    expect(record?.attempts).toMatchObject([{ failure: { class: 'timeout' } }, { failure: null }])
  })
})

describe('a reply that nobody can bring to its end', () => {
  const ways: readonly Speaker[] = [speakers.openai, speakers.anthropic, speakers.gemini]

  it.each(ways.map((speaker) => [speaker.dialect, speaker] as const))(
    '%s: cut a second time it ends in one error, and what was said stands',
    async (_, speaker) => {
      const rig = await startCut({ second: 'fault=cut-fin@15', provider: speaker.dialect })
      const reply = await rig.ask(speaker, { streaming: true })
      const heard = speaker.hearStream(reply.text)
      expect(heard).toMatchObject({ ended: false, finish: null, error: 'truncated' })
      expect(wholeText.startsWith(heard.text)).toBe(true)
      expect(heard.text).toMatch(/ 30·/)
      const [record] = await rig.check()
      expect(record).toMatchObject({ outcome: 'failure', failureClass: 'truncated' })
      expect(record?.attempts.length).toBe(2)
    },
  )

  it('raises the error of the SDK', async () => {
    for (const { of } of clients) {
      const rig = await startCut({ second: 'fault=no-prefill', provider: of('http://a').dialect })
      const client = of(rig.gateway.url)
      const error: unknown = await client.streamed(ask).catch((raised: unknown) => raised)
      expect(error).toBeInstanceOf(Error)
      rig.sent('')
      await rig.check()
    }
  })
})

describe('what a continued reply costs', () => {
  const prices = { first: { input: 1_000, output: 1_000 }, second: { input: 1, output: 4 } }

  it('each attempt stands on its own line', async () => {
    const rig = await startCut({ prices })
    const reply = await rig.ask(speakers.openai, { streaming: true })
    expect(speakers.openai.hearStream(reply.text)).toMatchObject({ text: wholeText, ended: true })
    const [record] = await rig.check()
    const [first, second] = record?.attempts ?? []
    expect(first?.usage.outputTokens).toBeGreaterThanOrEqual(18)
    expect(first?.usage.outputTokens).toBeLessThanOrEqual(22)
    expect(second?.usage.outputTokens).toBeGreaterThanOrEqual(38)
    expect(second?.usage.outputTokens).toBeLessThanOrEqual(42)
    expect(first?.costNanoUsd).toBe(
      1_000_000 * ((first?.usage.inputTokens ?? 0) + (first?.usage.outputTokens ?? 0)),
    )
    expect(record?.costNanoUsd).toBe((first?.costNanoUsd ?? 0) + (second?.costNanoUsd ?? 0))
  })
})
