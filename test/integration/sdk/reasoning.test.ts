import { describe, expect, it } from 'vitest'
import { dialects } from '../../../src/core/request.ts'
import { pairs, providerIds, startRig } from '../../support/sdk/rig.ts'
import type { Ask, Turn } from '../../support/sdk/talk.ts'

const hello: Turn = { from: 'user', text: 'Hello' }
const tools = [
  { name: 'time', description: 'The time.', schema: { type: 'object', properties: {} } },
]
/** How the mock signs, in each of its dialects. */
const signature = /^bW9jay[A-Za-z0-9+/]+$/

describe.each(pairs)('$title', ({ clientOf, provider, model }) => {
  const signs = provider !== 'openai'

  it.each(['whole', 'streamed'] as const)('shows reasoning apart (%s)', async (way) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const said = await client[way]({ model: model('small'), turns: [hello], thinks: true })
    expect(rig.received(provider).thinks).toBe(true)
    expect(said.text).toMatch(/^This is a simulated reply/)
    expect(said.usage?.reasoning).toBe(24)
    expect(said.reasoning).toMatch(/^Simulated reasoning: step 2 .* step 24$/)
  })

  it.each(['whole', 'streamed'] as const)('gives it back with its proof (%s)', async (way) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask: Ask = { model: model('reason'), turns: [hello], thinks: true }
    const said = await client[way](ask)
    await client[way]({ ...ask, turns: [hello, { from: 'model', said }, hello] })
    const second = rig.received(provider)
    // Anthropic has no place for the signature of a text, which is where Gemini puts it.
    const lost = client.dialect === 'anthropic' && provider === 'gemini'
    const kept = client.keepsSignatures && signs && !lost
    expect(second.signatures).toEqual(kept ? [expect.stringMatching(signature)] : [])
    expect(second.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(second.turns[1]?.text).toBe(said.text)
    if (kept) expect(second.reasoning).toBe(said.reasoning)
    expect((await rig.record()).outcome).toBe('success')
  })

  it.each(['whole', 'streamed'] as const)('goes on from a tool call (%s)', async (way) => {
    const rig = await startRig()
    const client = clientOf(rig.gateway.url)
    const ask: Ask = { model: model('reason-tool'), turns: [hello], tools, thinks: true }
    const said = await client[way](ask)
    const [call] = said.calls
    if (call === undefined) throw new Error('nothing was called')
    const result: Turn = { from: 'tool', call, output: 'noon' }
    await client[way]({ ...ask, turns: [hello, { from: 'model', said }, result] })
    const second = rig.received(provider)
    expect(second.calls).toHaveLength(1)
    expect(second.results).toHaveLength(1)
    // The AI SDK keeps what Gemini puts on the call itself.
    const kept = signs && (client.keepsSignatures || provider === 'gemini')
    expect(second.signatures).toEqual(kept ? [expect.stringMatching(signature)] : [])
    expect((await rig.record()).outcome).toBe('success')
  })

  it.each(dialects.filter((dialect) => dialect !== provider))(
    'does not give it what a provider of %s thought',
    async (other) => {
      const rig = await startRig()
      const client = clientOf(rig.gateway.url)
      const ask: Ask = { model: `${providerIds[other]}/reason`, turns: [hello], thinks: true }
      const said = await client.whole(ask)
      expect(said.reasoning).not.toBe('')
      const turns: Turn[] = [hello, { from: 'model', said }, hello]
      await client.whole({ ...ask, model: model('reason'), turns })
      const second = rig.received(provider)
      expect(second.signatures).toEqual([])
      expect(second.turns).toHaveLength(3)
      // Anthropic and OpenAI refuse reasoning that is not their own.
      if (provider === 'anthropic' || provider === 'openai-responses') {
        expect(second.reasoning).toBe('')
      }
      expect((await rig.record()).outcome).toBe('success')
    },
  )
})
