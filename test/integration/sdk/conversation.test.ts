import { describe, expect, it } from 'vitest'
import { pairs, startRig } from '../../support/sdk/rig.ts'
import type { Turn } from '../../support/sdk/talk.ts'

const hello: Turn = { from: 'user', text: 'Hello' }

const refusal = "I'm sorry, but I can't help with that (a simulated refusal)."

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
    const ask = { model: model('small;tokens=20'), turns: [hello] }
    const said = await client.streamed(ask)
    expect(said.text).toBe((await client.whole(ask)).text)
    // That they come as they are spoken, and not all at the end, the aborted streams show.
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

  it('instructs as system and as developer', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const knows = client.name.startsWith('openai')
    await client.whole({
      model: model('small'),
      system: 'Be brief.',
      ...(knows && { developer: 'Be kind.' }),
      turns: [hello],
    })
    const { system, developer, turns } = rig.received(provider)
    const apart = provider.startsWith('openai')
    expect(system).toBe(knows && !apart ? 'Be brief.\nBe kind.' : 'Be brief.')
    expect(developer).toBe(knows && apart ? 'Be kind.' : '')
    expect(turns).toEqual([{ role: 'user', text: 'Hello' }])
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

  it('is told when the model refuses', async () => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    for (const way of ['whole', 'streamed'] as const) {
      const said = await client[way]({ model: model('refuse'), turns: [hello] })
      expect(said.text + said.refusal).toBe(refusal)
      // Gemini has no refusals, Anthropic none apart from the text, and the AI SDK knows none.
      const shows = client.name.startsWith('openai') && provider.startsWith('openai')
      expect(said.refusal).toBe(shows ? refusal : '')
      if (client.dialect === 'anthropic' && provider !== 'gemini') {
        expect(said.finish).toBe('filtered')
      }
    }
  })

  it.each(['whole', 'streamed'] as const)('counts tokens its way (%s)', async (way) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const behaviour = 'input=1000;cached=400;cache-write=100;reasoning=9'
    const ask = { model: model(`reason;${behaviour}`), turns: [hello] }
    const said = await client[way](ask)
    expect(said.usage).toEqual({ input: 1000, cached: 400, output: 69, reasoning: 9 })
    expect((await rig.record()).usage).toEqual({
      inputTokens: 1000,
      cachedInputTokens: 400,
      // The others have no place for it.
      cacheWriteTokens: /anthropic|responses/.test(provider) ? 100 : 0,
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
