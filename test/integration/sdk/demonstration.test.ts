import { describe, expect, it, onTestFinished } from 'vitest'
import { startWaybill } from '../../../src/compose.ts'
import { clients } from '../../support/sdk/clients.ts'
import type { Turn } from '../../support/sdk/talk.ts'

const hello: Turn = { from: 'user', text: 'Hello' }
const tools = [
  { name: 'time', description: 'The time.', schema: { type: 'object', properties: {} } },
]

/** As somebody starts Waybill for the first time: no file, and no key in the environment. */
async function startDemonstration() {
  const started = await startWaybill({
    file: null,
    environment: {},
    dataDirectory: ':memory:',
    listen: { host: '127.0.0.1', port: 0 },
    log: { format: 'json', colour: false },
    writeLog: (bytes, done) => done(null, bytes.length),
  })
  if (!started.ok) throw new Error('the demonstration does not start')
  const { waybill } = started
  onTestFinished(async () => {
    waybill.abandon()
    await waybill.stop()
  })
  return waybill
}

describe.each(clients)('$name at the demonstration', ({ of }) => {
  it('gets a reply that says it is simulated, whole and streamed', async () => {
    const waybill = await startDemonstration()
    expect(waybill.zero?.simulated).toBe(true)
    const client = of(waybill.url)
    const ask = { model: 'demo', turns: [hello] }
    const whole = await client.whole(ask)
    expect(whole.text).toMatch(/^This is a simulated reply, no model was asked/)
    expect(whole.usage?.output).toBe(60)
    const streamed = await client.streamed(ask)
    expect(streamed.text).toBe(whole.text)
    expect(streamed.pieces.length).toBeGreaterThan(20)
    const [record] = await waybill.store.recentWaybills(1)
    expect(record).toMatchObject({
      target: 'demo/small',
      outcome: 'success',
      translated: false,
      costNanoUsd: expect.any(Number),
    })
    expect(record?.costNanoUsd).toBeGreaterThan(0)
  })

  it('calls tools, and fails where it is told to', async () => {
    const waybill = await startDemonstration()
    const client = of(waybill.url)
    const called = await client.streamed({ model: 'demo/small;tools=1', turns: [hello], tools })
    expect(called.calls).toMatchObject([{ name: 'time' }])
    const failing = client.whole({ model: 'demo/small;status=400', turns: [hello] })
    const error: unknown = await failing.catch((problem: unknown) => problem)
    expect(client.raised(error)).toMatchObject({ status: 400, name: client.errorName(400) })
    const cut = client.streamed({ model: 'demo/small;fault=cut-fin@5', turns: [hello] })
    const broken: unknown = await cut.catch((problem: unknown) => problem)
    expect(client.raised(broken)?.name).toBe(client.errorName(null))
  })
})
