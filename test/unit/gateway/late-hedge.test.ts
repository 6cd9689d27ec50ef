import { describe, expect, it } from 'vitest'
import { lateState } from '../../support/limiting.ts'
import { catalogOf } from '../config/configure.ts'
import { done, finish, role, sse, usage, word } from './attempts.ts'
import { gatewayRig } from './rig.ts'

const catalog = catalogOf(`
providers:
  one: { dialect: openai, baseUrl: http://one.test }
  two: { dialect: openai, baseUrl: http://two.test }
models:
  fixed: { targets: [one/m, two/m], hedge: { after: 100ms, budget: 50% } }
limits: { target: [{ per: hour, requests: 900 }] }
`)

describe('a hedge whose limits answer late', () => {
  /** Several requests, so that the budget of hedges has room for one. */
  async function hedging() {
    const states: ReturnType<typeof lateState>[] = []
    const rig = gatewayRig(catalog, {
      state: (clock) => {
        const state = lateState(clock)
        states.push(state)
        return state
      },
    })
    const settled = async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
    const answer = async () => {
      for (const state of states) state.answer()
      await settled()
    }
    const ask = async () => {
      const sent = rig.send({
        model: 'fixed',
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      })
      await answer()
      const provider = rig.asked.at(-1)
      if (provider === undefined) throw new Error('nobody was asked')
      return { sent, provider }
    }
    const say = (provider: (typeof rig.asked)[number], text: string) => {
      provider.observer.data(Buffer.from(text))
    }
    const end = async (provider: (typeof rig.asked)[number]) => {
      say(provider, finish + usage + done)
      provider.observer.ended()
      await settled()
    }
    for (let before = 0; before < 4; before++) {
      const { sent, provider } = await ask()
      provider.observer.head(200, sse)
      say(provider, role + word('before'))
      await end(provider)
      await sent.over
    }
    const { sent, provider } = await ask()
    return { rig, sent, provider, answer, say, end }
  }

  it('is not sent when the client reads the first by then, and gives its room back', async () => {
    const { rig, sent, provider, answer, say, end } = await hedging()
    const asked = rig.asked.length
    const { state } = rig.limiting
    rig.clock.advance(101)
    provider.observer.head(200, sse)
    say(provider, role + word('first'))
    await answer()
    expect(rig.asked).toHaveLength(asked)
    await end(provider)
    await sent.over
    expect(sent.got.body).toContain('first')
    expect(sent.got.ended).toBe(true)
    expect(rig.records.at(-1)).toMatchObject({ outcome: 'success', target: 'one/m' })
    const books = await state.books({ subject: null, limit: 9 })
    const used = books.map(({ subject, remaining }) => [subject, 900 - remaining])
    expect(used.filter(([, amount]) => amount !== 0)).toEqual([['target:one/m', 5]])
  })

  it('is sent when nobody has answered by then', async () => {
    const { rig, sent, provider, answer, say, end } = await hedging()
    rig.clock.advance(101)
    await answer()
    const hedge = rig.asked.at(-1)
    if (hedge === undefined || hedge === provider) throw new Error('no hedge was sent')
    hedge.observer.head(200, sse)
    say(hedge, role + word('second'))
    await end(hedge)
    await sent.over
    expect(provider.aborted).toBe(true)
    expect(sent.got.body).toContain('second')
    expect(rig.records.at(-1)).toMatchObject({ outcome: 'success', target: 'two/m' })
  })
})
