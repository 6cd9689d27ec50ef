import { describe, expect, it } from 'vitest'
import { pairs, startRig } from '../../support/sdk/rig.ts'
import type { Turn } from '../../support/sdk/talk.ts'

const hello: Turn = { from: 'user', text: 'Hello' }

describe.each(pairs)('$title', ({ clientOf, provider, model }) => {
  it('gets a whole reply', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const said = await client.whole({ model: model('small'), turns: [hello] })
    expect(said.text).toMatch(/^This is a simulated reply.* You said: Hello .* 60·/)
    expect(said.finish).toBe('stop')
    expect(rig.received(provider)).toMatchObject({
      turns: [{ role: 'user', text: 'Hello' }],
      system: '',
      files: [],
      tools: [],
      thinks: false,
    })
    const [request] = rig.mock.log.requests()
    expect(request?.model).toBe('small')
    expect(await rig.record()).toMatchObject({
      outcome: 'success',
      status: 200,
      dialect: client.dialect,
      translated: client.dialect !== provider,
      streaming: false,
      usageEstimated: false,
      attempts: [{ result: 'success' }],
    })
  })

  it('gets the same text as a stream, token by token', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const paced = { model: model('small;tokens=20;tps=150;ttft=5'), turns: [hello] }
    let endedAtFirst: number | null = null
    const said = await client.streamed(paced, () => {
      endedAtFirst ??= rig.mock.log.ended().length
    })
    expect(endedAtFirst).toBe(0)
    const whole = await client.whole({ model: model('small;tokens=20'), turns: [hello] })
    expect(said.text).toBe(whole.text)
    expect(said.pieces.join('')).toBe(said.text)
    expect(said.pieces.length).toBeGreaterThan(15)
    expect(said.finish).toBe('stop')
    const [, first] = await rig.gateway.records()
    expect(first).toMatchObject({ outcome: 'success', streaming: true, usageEstimated: false })
  })

  it('says the same as the provider of any other dialect', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const said = await client.streamed({
      model: model('small'),
      system: 'Be brief.',
      turns: [
        { from: 'user', text: 'One' },
        {
          from: 'model',
          said: await client.whole({ model: model('small;tokens=4'), turns: [hello] }),
        },
        { from: 'user', text: 'Two' },
      ],
    })
    expect(said.text).toContain('You said: Two Messages: 4, files: 0.')
    const received = rig.received(provider)
    expect(received.system).toBe('Be brief.')
    expect(received.turns).toEqual([
      { role: 'user', text: 'One' },
      { role: 'assistant', text: 'This is a simulated' },
      { role: 'user', text: 'Two' },
    ])
  })

  it('ends with the reason for it when the limit is reached', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask = { model: model('small'), turns: [hello], maxTokens: 20 }
    for (const said of [await client.whole(ask), await client.streamed(ask)]) {
      expect(said.finish).toBe('length')
      expect(said.usage?.output).toBe(20)
    }
    expect(rig.received(provider).maxTokens).toBe(20)
  })

  it('hands on where to stop, where the provider can', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    await client.whole({ model: model('small'), turns: [hello], stop: ['END', 'STOP'] })
    const none = [client.dialect, provider].includes('openai-responses')
    expect(rig.received(provider).stop).toEqual(none ? [] : ['END', 'STOP'])
  })

  it('is told when the content was filtered', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask = { model: model('small;finish=content-filter'), turns: [hello] }
    expect((await client.whole(ask)).finish).toBe('filtered')
    expect((await client.streamed(ask)).finish).toBe('filtered')
  })

  it.each(['whole', 'streamed'] as const)('counts tokens its way (%s)', async (way) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask = { model: model('reason;input=1000;cached=400;reasoning=9'), turns: [hello] }
    const said = await client[way](ask)
    expect(said.usage).toEqual({ input: 1000, cached: 400, output: 69, reasoning: 9 })
    expect((await rig.record()).usage).toEqual({
      inputTokens: 1000,
      cachedInputTokens: 400,
      cacheWriteTokens: 0,
      outputTokens: 69,
      reasoningTokens: 9,
    })
  })

  it.each(['whole', 'streamed'] as const)('survives nonsense for usage (%s)', async (way) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    for (const usage of ['missing', 'null', 'negative', 'huge', 'string', 'zero']) {
      const asked = client[way]({ model: model(`small;usage=${usage}`), turns: [hello] })
      // What passes through is the provider's word, and some SDKs break over it.
      if (client.dialect === provider) await asked.catch(() => undefined)
      else expect((await asked).text).toContain('60·')
      const record = await rig.record()
      expect({ usage, estimated: record.usageEstimated }).toEqual({ usage, estimated: true })
      expect(record.usage.inputTokens).toBeGreaterThan(0)
      expect(record.usage.inputTokens).toBeLessThan(10_000)
      expect(record.usage.outputTokens).toBeGreaterThan(30)
      expect(record.usage.outputTokens).toBeLessThan(1_000)
    }
  })
})
