import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Dialect, dialects } from '../../src/core/request.ts'
import { type Mock, startMock } from '../../src/mock/start-mock.ts'
import { type ChildGateway, canMeasure, startChildGateway } from '../support/child-gateway.ts'
import { httpRequest } from '../support/raw-http.ts'
import { canary, eventually, openConnections, wholeText } from './rig.ts'
import { pairs, type Speaker, speakers } from './speakers.ts'

const { openai } = speakers
const mebibyte = 1024 * 1024

interface Drained {
  readonly status: number
  /** The first and the last of the body; all of it when it is small. */
  readonly text: string
  readonly bytes: number
  readonly complete: boolean
}

/** Reads a reply without keeping it; leaves when it has got `enoughBytes`. */
function drain(url: string, body: object, enoughBytes = Number.POSITIVE_INFINITY) {
  return new Promise<Drained>((resolve) => {
    let text = ''
    let bytes = 0
    const headers = { 'content-type': 'application/json' }
    const asking = request(url, { method: 'POST', agent: false, headers }, (response) => {
      response.on('data', (piece: Buffer) => {
        bytes += piece.length
        text += piece.toString()
        if (text.length > 64 * 1024) text = text.slice(0, 2_000) + text.slice(-2_000)
        if (bytes > enoughBytes) asking.destroy()
      })
      response.on('error', () => {})
      response.on('close', () => {
        const { statusCode = 0, complete } = response
        resolve({ status: statusCode, text, bytes, complete })
      })
    })
    asking.on('error', () => {})
    asking.end(JSON.stringify(body))
  })
}

interface Rig {
  readonly mock: Mock
  readonly gateway: ChildGateway
  /** Asks for one of the faults, or `well`, at a provider of a dialect. */
  ask(fault: string, how: Asking): Promise<Drained>
}

interface Asking {
  readonly client: Speaker
  /** That of the client when left out. */
  readonly provider?: Dialect
  readonly streaming: boolean
  readonly enoughBytes?: number
}

/** Each fault is a public name at each provider, with a healthy second target. */
const faults = {
  well: '',
  endless: 'fault=endless',
  long: 'fault=long-event@256',
  gzip: 'fault=gzip',
  br: 'fault=br',
  nested: 'fault=nested',
  bomb: 'fault=bomb@100',
  'bomb-br': 'fault=bomb-br@64',
}

/** A gateway in its own process, with a provider for each dialect. */
async function startRig(): Promise<Rig> {
  const mock = await startMock()
  const models = dialects.flatMap((dialect) =>
    Object.entries(faults).map(([name, fault]) => [
      `${dialect}-${name}`,
      { targets: [`${dialect}/mock;${fault}`, `${dialect}/mock`], timeouts: { total: '30s' } },
    ]),
  )
  const providers = dialects.map((dialect) => [
    dialect,
    { dialect, baseUrl: `${mock.url}/v1`, apiKey: canary('first') },
  ])
  const gateway = await startChildGateway(
    `providers: ${JSON.stringify(Object.fromEntries(providers))}
models: ${JSON.stringify(Object.fromEntries(models))}
`,
  )
  return {
    mock,
    gateway,
    ask(fault, { client, provider = client.dialect, streaming, enoughBytes }) {
      const name = `${provider}-${fault}`
      const url = gateway.url + client.path(name, streaming)
      return drain(url, { ...client.body(name, streaming) }, enoughBytes)
    },
  }
}

/**
 * Lets the engine take the memory it takes for any traffic, small and large, so that only the fault's
 * own is measured.
 */
async function warmUp(rig: Rig, client: Speaker = openai): Promise<void> {
  for (let round = 0; round < 150; round++) {
    await rig.ask('well', { client, streaming: round % 2 === 0 })
  }
  await rig.ask('endless', { client, streaming: true, enoughBytes: 32 * mebibyte })
  await rig.ask('endless', { client: openai, streaming: false, enoughBytes: 64 * mebibyte })
}

/** What memory the gateway took beyond what it had. */
async function growth(rig: Rig, act: () => Promise<void>): Promise<number> {
  const before = rig.gateway.residentBytes()
  rig.gateway.takePeakBytes()
  await act()
  return rig.gateway.takePeakBytes() - before
}

async function expectAnswered(rig: Rig): Promise<void> {
  const startMs = performance.now()
  const reply = await rig.ask('well', { client: openai, streaming: false })
  expect(openai.hearWhole(JSON.parse(reply.text)).text).toBe(wholeText)
  expect(performance.now() - startMs).toBeLessThan(5_000)
}

async function expectWell(rig: Rig): Promise<void> {
  const { gateway, mock } = rig
  await expectAnswered(rig)
  await eventually(() => openConnections(mock).every(({ idle }) => idle), 15_000)
  expect(gateway.alive()).toBe(true)
  expect(gateway.output()).not.toContain(canary('first'))
  expect(gateway.output()).not.toMatch(/unhandled|uncaught/i)
}

describe.skipIf(!canMeasure)('the memory of the gateway', () => {
  let rig: Rig

  beforeAll(async () => {
    rig = await startRig()
    await warmUp(rig)
  })

  afterAll(async () => {
    rig.gateway.close()
    await rig.mock.close()
  })

  it('row 19: compressed replies are decoded or refused, in at most 32 MB', async () => {
    const whole = { client: openai, streaming: false }
    const stream = { client: openai, streaming: true }
    const grown = await growth(rig, async () => {
      for (const name of ['gzip', 'br', 'nested']) {
        const { text } = await rig.ask(name, whole)
        expect(openai.hearWhole(JSON.parse(text)).text).toBe(wholeText)
        const heard = openai.hearStream((await rig.ask(name, stream)).text)
        expect(heard).toMatchObject({ text: wholeText, ended: true })
      }
      for (const name of ['bomb', 'bomb-br']) {
        const { text, bytes, complete } = await rig.ask(name, whole)
        expect(bytes).toBeLessThan(32 * mebibyte)
        expect(complete && text.endsWith('}')).toBe(false)
        const streamed = await rig.ask(name, stream)
        expect(streamed.bytes).toBeLessThan(32 * mebibyte)
        expect(streamed.text).not.toContain('[DONE]')
      }
    })
    expect(grown).toBeLessThanOrEqual(32 * mebibyte)
    await expectWell(rig)
  })

  it('row 20: a reply that never stops is cut at the cap', async () => {
    const cut = await rig.ask('endless', { client: openai, streaming: false })
    expect(cut.complete).toBe(false)
    expect(cut.bytes).toBeGreaterThan(200 * mebibyte)
    expect(cut.bytes).toBeLessThan(257 * mebibyte)
    await expectWell(rig)
  })

  it('row 20: a stream that never stops takes at most 16 MB', async () => {
    const grown = await growth(rig, async () => {
      await rig.ask('endless', { client: openai, streaming: true, enoughBytes: 64 * mebibyte })
    })
    expect(grown).toBeLessThanOrEqual(16 * mebibyte)
    await expectWell(rig)
  })

  it('row 20: an event of 256 MiB is not waited for, in any dialect, in at most 16 MB', async () => {
    for (const { client, provider, name } of pairs) {
      const asking = { client, provider, streaming: true }
      await rig.ask('endless', { ...asking, enoughBytes: 4 * mebibyte })
      rig.mock.log.clear()
      const grown = await growth(rig, async () => {
        const { text } = await rig.ask('long', asking)
        expect(client.hearStream(text), name).toMatchObject({ text: wholeText, ended: true })
      })
      expect(grown, name).toBeLessThanOrEqual(16 * mebibyte)
      const left = await rig.mock.log.waitFor(
        (entry) => entry.kind === 'ended' && entry.how === 'client-closed',
      )
      const written = left.kind === 'ended' ? left.bytesWritten : Number.POSITIVE_INFINITY
      expect(written, name).toBeLessThan(64 * mebibyte)
    }
    await expectWell(rig)
  })

  it('row 29: clients that never read cost 64 KiB each, and leave the others alone', async () => {
    const { hostname, port } = new URL(rig.gateway.url)
    const body = JSON.stringify(openai.body('openai-endless', true))
    const clients = 8
    const grown = await growth(rig, async () => {
      for (let client = 0; client < clients; client++) {
        const socket = connect({ host: hostname, port: Number(port) })
        onTestFinished(() => void socket.destroy())
        socket.pause()
        socket.on('error', () => {})
        socket.write(httpRequest('/v1/chat/completions', body))
      }
      await after(1_500)
      await expectAnswered(rig)
    })
    expect(grown).toBeLessThanOrEqual(32 * mebibyte + clients * 64 * 1024)
  })
})
