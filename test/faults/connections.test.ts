import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
} from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startBlackhole } from '../support/blackhole.ts'
import { eventually, type Rig, startRig } from './rig.ts'
import { speakers } from './speakers.ts'

const { openai } = speakers

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The second target answers in time; gives what became of the first. */
async function fallsBack(rig: Rig, withinMs: number) {
  const reply = await rig.ask(openai, { streaming: true })
  expect(reply.status).toBe(200)
  expect(openai.hearStream(reply.text).ended).toBe(true)
  expect(reply.totalMs).toBeLessThan(withinMs)
  expect(rig.asked()).toEqual(['second'])
  const [record] = await rig.check()
  return record?.attempts[0]?.failure
}

describe('row 23: a provider that closes idle connections', () => {
  it('500 requests, no client sees an error', async () => {
    const rig = await startRig({ first: 'close-idle=2' })
    const workers = Array.from({ length: 5 }, async (_, worker) => {
      for (let round = 0; round < 100; round++) {
        const reply = await rig.ask(openai, { streaming: round % 2 === 0 })
        expect(reply.status).toBe(200)
        expect(reply.complete).toBe(true)
        await after(1 + ((round + worker) % 4))
      }
    })
    await Promise.all(workers)
    const records = await rig.check()
    expect(records.filter(({ outcome }) => outcome !== 'success')).toEqual([])
    expect(records.filter(({ attempts }) => attempts.length > 1)).toEqual([])
  })
})

describe('row 25: nobody can be reached', () => {
  it('DNS knows no such host', async () => {
    const rig = await startRig({ first: '', firstUrl: 'http://no-such-host.invalid' })
    expect(await fallsBack(rig, 12_000)).toMatchObject({ class: 'unreachable' })
  })

  it('nobody listens there', async () => {
    const server = createServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    const rig = await startRig({ first: '', firstUrl: `http://127.0.0.1:${port}` })
    const problem = await fallsBack(rig, 4_500)
    expect(problem).toMatchObject({ class: 'unreachable', retry: 'other' })
    expect(problem?.message).toMatch(/refused/)
  })

  it('nobody answers there: bounded by the connect limit, nothing is left behind', async () => {
    const port = await startBlackhole()
    const rig = await startRig({
      first: '',
      firstUrl: `http://127.0.0.1:${port}`,
      timeouts: { connect: '1s' },
    })
    const connecting = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'ConnectWrap').length
    const before = connecting()
    expect(await fallsBack(rig, 4_000)).toMatchObject({ class: 'timeout' })
    await eventually(() => connecting() <= before, 15_000)
  })

  it('there is no way to the address', async () => {
    const rig = await startRig({
      first: '',
      firstUrl: 'http://192.0.2.1:81',
      timeouts: { connect: '1s' },
    })
    expect((await fallsBack(rig, 4_000))?.class).toMatch(/^(timeout|unreachable)$/)
  })
})

describe('row 26: TLS', () => {
  const pem = (name: string) =>
    readFileSync(path.join(import.meta.dirname, '../fixtures/tls', name), 'utf8')

  function trustTestAuthority(): void {
    const usual = getCACertificates('default')
    setDefaultCACertificates([...usual, pem('ca.pem')])
    onTestFinished(() => setDefaultCACertificates(usual))
  }

  /** A first provider that shows this certificate, before the same mock. */
  async function startTls(certificate: string): Promise<Rig> {
    let mock: Rig['mock'] | null = null
    const options = { key: pem('server.key'), cert: pem(certificate) }
    const server = createTlsServer(options, (socket) => mock?.accept(socket))
    server.on('tlsClientError', () => {})
    const port = await listen(server)
    const rig = await startRig({ first: '', firstUrl: `https://127.0.0.1:${port}` })
    mock = rig.mock
    return rig
  }

  it('a valid certificate is accepted', async () => {
    trustTestAuthority()
    const rig = await startTls('valid.pem')
    const reply = await rig.ask(openai)
    expect(reply.status).toBe(200)
    expect(rig.asked()).toEqual(['first'])
  })

  it.each([
    ['that has expired', 'expired.pem', 'CERT_HAS_EXPIRED'],
    ['for another host', 'elsewhere.pem', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('a certificate %s is refused, and the record says so', async (_, certificate, code) => {
    trustTestAuthority()
    const problem = await fallsBack(await startTls(certificate), 6_000)
    expect(problem).toMatchObject({ class: 'unreachable', retry: 'other' })
    expect(problem?.message).toContain(code)
  })

  it('a certificate of an unknown authority is refused, and the record says so', async () => {
    const problem = await fallsBack(await startTls('valid.pem'), 6_000)
    expect(problem).toMatchObject({ class: 'unreachable', retry: 'other' })
    expect(problem?.message).toMatch(/UNABLE_TO_|SELF_SIGNED/)
  })

  it.each([
    ['cut', (socket: { destroy(): void }) => socket.destroy(), /closed the connection/],
    [
      'answered in plain HTTP',
      (socket: { end(text: string): void }) => {
        socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')
      },
      /TLS|SSL/,
    ],
  ] as const)('a handshake that is %s', async (_, answer, reason) => {
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => answer(socket))
      }),
    )
    const rig = await startRig({ first: '', firstUrl: `https://127.0.0.1:${port}` })
    const problem = await fallsBack(rig, 6_000)
    expect(problem?.class).toBe('unreachable')
    expect(problem?.message).toMatch(reason)
  })

  it('a handshake that is never answered is bounded by the connect limit', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => {})))
    const rig = await startRig({
      first: '',
      firstUrl: `https://127.0.0.1:${port}`,
      timeouts: { connect: '1s' },
    })
    expect(await fallsBack(rig, 4_000)).toMatchObject({ class: 'timeout' })
  })
})
