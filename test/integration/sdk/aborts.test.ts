import { describe, expect, it } from 'vitest'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { until } from '../../support/gateway.ts'
import { type Pair, pairs, type Rig, startRig } from '../../support/sdk/rig.ts'
import type { Client, Turn } from '../../support/sdk/talk.ts'

const hello: Turn = { from: 'user', text: 'Hello, please tell me about the tides.' }

interface Abortion {
  readonly title: string
  readonly behaviour: string
  readonly way: 'whole' | 'streamed'
  /** Events the client waits for before it leaves. */
  readonly events: number
  check(record: WaybillRecord): void
}

const abortions: readonly Abortion[] = [
  {
    title: 'a whole reply',
    behaviour: 'ttft=9000',
    way: 'whole',
    events: 0,
    check: (record) => {
      expect(record).toMatchObject({ streaming: false, status: 499, usage: { outputTokens: 0 } })
    },
  },
  {
    title: 'a stream before its first token',
    behaviour: 'ttft=9000;preamble=1',
    way: 'streamed',
    events: 0,
    check: (record) => {
      expect(record).toMatchObject({ streaming: true, status: 499, firstOutputMs: null })
    },
  },
  {
    title: 'a stream in the middle',
    behaviour: 'fault=stall@20',
    way: 'streamed',
    events: 15,
    check: (record) => {
      expect(record).toMatchObject({ streaming: true, firstOutputMs: expect.any(Number) })
      expect(record.usage.outputTokens).toBeGreaterThan(10)
      expect(record.usage.outputTokens).toBeLessThan(60)
    },
  },
]

async function abort({ way, behaviour, events, check }: Abortion, { clientOf, model }: Pair) {
  const rig = await startRig()
  const client = clientOf(rig.gateway.url)
  const controller = new AbortController()
  let heard = 0
  const ask = { model: model(`small;${behaviour}`), turns: [hello], signal: controller.signal }
  const asked = client[way](ask, () => heard++)
  await rig.mock.log.waitFor((entry) => entry.kind === 'request')
  await until(() => heard >= events)
  controller.abort()
  await expectAborted(client, asked)
  check(await cancelledRecord(rig))
}

async function expectAborted(client: Client, asked: Promise<unknown>): Promise<void> {
  const error: unknown = await asked.then(
    () => 'it ended cleanly',
    (problem: unknown) => problem,
  )
  expect(client.raised(error)?.name).toBe('aborted')
}

/** Soon, and not at the end of its reply, the provider no longer works for nobody, and the one record says so. */
async function cancelledRecord(rig: Rig): Promise<WaybillRecord> {
  const ended = await rig.mock.log.waitFor((entry) => entry.kind === 'ended', 5_000)
  expect(ended).toMatchObject({ how: 'client-closed' })
  await until(() => rig.gateway.waybill.inFlight() === 0)
  const [record, ...others] = await rig.gateway.records()
  if (record === undefined) throw new Error('nothing was recorded')
  expect(others).toEqual([])
  expect(record).toMatchObject({
    outcome: 'cancelled',
    usageEstimated: true,
    attempts: [{ result: 'cancelled', usageEstimated: true }],
  })
  expect(record.usage.inputTokens).toBeGreaterThan(0)
  return record
}

describe('a client that leaves', () => {
  // All pairs at once: it takes half a second to tell who has left from who only stopped sending.
  it.each(abortions)('aborts $title', async (abortion) => {
    const failures = await Promise.all(
      pairs.map((pair) =>
        abort(abortion, pair).then(
          () => [],
          (error: unknown) => [`${pair.title}: ${String(error)}`],
        ),
      ),
    )
    expect(failures.flat()).toEqual([])
  })
})
