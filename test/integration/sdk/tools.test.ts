import { describe, expect, it } from 'vitest'
import { pairs, startRig } from '../../support/sdk/rig.ts'
import type { Ask, AskedTool, Turn } from '../../support/sdk/talk.ts'

const weather: AskedTool = {
  name: 'weather',
  description: 'The weather of a town.',
  schema: {
    type: 'object',
    properties: { town: { type: 'string' }, days: { type: 'integer', minimum: 3 } },
    required: ['town', 'days'],
    additionalProperties: false,
  },
}
const time: AskedTool = {
  name: 'time',
  description: 'The time of a place.',
  schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
}
const tools = [weather, time]
const input = { town: 'simulated', days: 3 }
const hello: Turn = { from: 'user', text: 'Hello' }

describe.each(pairs)('$title', ({ clientOf, provider, model }) => {
  it.each(['whole', 'streamed'] as const)('calls one (%s) and goes on', async (way) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask: Ask = { model: model('tool'), turns: [hello], tools }
    const called = await client[way](ask)
    expect(called.calls).toMatchObject([{ name: 'weather', input }])
    expect(called.finish).toBe('tools')
    expect(called.text).toBe('')
    const received = rig.received(provider)
    expect(received.tools.map(({ name }) => name)).toEqual(['weather', 'time'])
    expect(received.tools[0]?.schema).toMatchObject(weather.schema)
    expect(received.choice).toBe('auto')
    const [call] = called.calls
    if (call === undefined) throw new Error('nothing was called')

    const turns: Turn[] = [
      hello,
      { from: 'model', said: called },
      { from: 'tool', call, output: 'Rain and wind' },
    ]
    const said = await client[way]({ ...ask, turns })
    expect(said.finish).toBe('stop')
    expect(said.text).toContain('The tool answered')
    const second = rig.received(provider)
    expect(second.calls).toMatchObject([{ name: 'weather', input }])
    expect(second.results).toEqual([
      { id: second.calls[0]?.id, text: expect.stringContaining('Rain and wind') },
    ])
    expect((await rig.record()).warnings).toEqual([])
  })

  it.each(['whole', 'streamed'] as const)('calls several at once (%s)', async (way) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask: Ask = { model: model('tools3'), turns: [hello], tools }
    const called = await client[way](ask)
    const asked = called.calls.map(({ name, input }) => ({ name, input }))
    expect(asked).toEqual([
      { name: 'weather', input },
      { name: 'time', input: { place: 'simulated' } },
      { name: 'weather', input },
    ])
    const results = called.calls.map(
      (call, index): Turn => ({ from: 'tool', call, output: `result ${index}` }),
    )
    await client[way]({ ...ask, turns: [hello, { from: 'model', said: called }, ...results] })
    const second = rig.received(provider)
    const ids = second.calls.map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(second.results).toEqual(
      ids.map((id, index) => ({ id, text: expect.stringContaining(`result ${index}`) })),
    )
  })

  it('streams their arguments as they come', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const called = await client.streamed({ model: model('tool'), turns: [hello], tools })
    const whole = client.dialect === 'gemini' || provider === 'gemini'
    if (whole) expect(called.argumentPieces).toBeLessThanOrEqual(1)
    else expect(called.argumentPieces).toBeGreaterThan(3)
  })

  it('understands calls that come interleaved', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask: Ask = { model: model('tools2;fault=tools-shuffled'), turns: [hello], tools }
    const called = await client.streamed(ask)
    const names = called.calls.map(({ name, input }) => [name, input])
    expect(names).toHaveLength(2)
    expect(names).toEqual(
      expect.arrayContaining([
        ['weather', input],
        ['time', { place: 'simulated' }],
      ]),
    )
  })

  it.each([
    ['none', 'none', 0],
    ['required', 'required', 1],
    [{ tool: 'time' }, { tool: 'time' }, 1],
  ] as const)('lets the client choose: %o', async (choice, expected, calls) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const said = await client.whole({ model: model('small'), turns: [hello], tools, choice })
    expect(rig.received(provider).choice).toEqual(expected)
    expect(said.calls).toHaveLength(calls)
    if (typeof choice === 'object') expect(said.calls[0]?.name).toBe('time')
  })

  it('forbids parallel calls where both can', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask: Ask = { model: model('tools2'), turns: [hello], tools, oneCallAtMost: true }
    const said = await client.whole(ask)
    const cannot = client.dialect === 'gemini' || provider === 'gemini'
    expect(rig.received(provider).parallel).toBe(cannot ? null : false)
    expect(said.calls).toHaveLength(cannot ? 2 : 1)
  })
})
