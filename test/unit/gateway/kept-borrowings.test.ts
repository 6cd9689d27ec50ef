import { expect, it } from 'vitest'
import type { Borrowing } from '../../../src/gateway/limit-state.ts'
import { lateState } from '../../support/limiting.ts'
import { catalogOf } from '../config/configure.ts'
import { gatewayRig } from './rig.ts'

const catalog = catalogOf(`
providers:
  one: { dialect: openai, baseUrl: http://one.test }
  two: { dialect: openai, baseUrl: http://two.test }
models:
  both: { targets: [one/m, two/m] }
limits: { target: [{ per: hour, requests: 1 }] }
`)

it('what a state was asked for stays as it was asked, whatever is asked for after it', async () => {
  const asked: Borrowing[] = []
  const states: ReturnType<typeof lateState>[] = []
  const rig = gatewayRig(catalog, {
    state: (clock) => {
      const state = lateState(clock)
      states.push(state)
      return {
        ...state,
        borrow(borrowing, answer) {
          asked.push(borrowing)
          state.borrow(borrowing, answer)
        },
      }
    },
  })
  const answer = async () => {
    for (const state of states) state.answer()
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  const body = { model: 'both', messages: [{ role: 'user', content: 'hi' }] }
  rig.send(body)
  rig.send(body)
  // The first takes the only place at its target; the second learns that, and asks for the next.
  await answer()
  await answer()
  const targets = asked.map(({ options }) => options.map(([charge]) => charge?.subject))
  expect(targets).toEqual([['target:one/m'], ['target:one/m'], ['target:two/m']])
  expect(rig.asked.map(({ call }) => call.origin)).toEqual(['http://one.test', 'http://two.test'])
})
