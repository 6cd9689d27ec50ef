import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askChat, chatBody, streamChat } from '../support/ask-chat.ts'
import { temporaryDirectory, until } from '../support/gateway.ts'
import { type PacedUpstream, startPacedUpstream } from '../support/paced-upstream.ts'
import { httpRequest } from '../support/raw-http.ts'
import {
  type RunningWaybill,
  recordsIn,
  runWaybill,
  startWaybillProcess,
} from '../support/waybill-process.ts'

function configuration({ baseUrl }: PacedUpstream, drainTimeout = '60s'): string {
  return [
    `server: { drainTimeout: ${drainTimeout} }`,
    `providers: { up: { dialect: openai, baseUrl: "${baseUrl}" } }`,
    'models:',
    '  quick: { targets: [up/m] }',
    '  slow: { targets: [up/80x50] }',
    '  long: { targets: [up/600x100] }',
    '',
  ].join('\n')
}

async function running(drainTimeout?: string): Promise<RunningWaybill> {
  const upstream = await startPacedUpstream()
  return startWaybillProcess({ yaml: configuration(upstream, drainTimeout) })
}

async function refusesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  try {
    await once(socket, 'connect')
    return false
  } catch {
    return true
  } finally {
    socket.destroy()
  }
}

const lastEvent = (text: string) => text.trimEnd().split('\n\n').at(-1) ?? ''

describe('from start to end', () => {
  it('says where it listens, answers, and keeps a record of it', async () => {
    const waybill = await running()
    expect(waybill.stderr()).toContain(`Waybill is ready: ${waybill.url}`)
    const reply = await askChat(waybill.url, 'quick')
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ choices: [{ message: { content: 'hello' } }] })
    waybill.child.kill('SIGTERM')
    expect(await waybill.exited()).toMatchObject({ code: 0, signal: null })
    expect(waybill.log().at(-1)).toMatchObject({ msg: 'stopped' })
    expect(recordsIn(waybill.directory)).toMatchObject([
      {
        id: reply.headers.get('x-waybill-id'),
        status: 200,
        outcome: 'success',
        target: 'up/m',
        input_tokens: 3,
        output_tokens: 2,
      },
    ])
  })

  it('prints nothing but JSON to standard output', async () => {
    const waybill = await running()
    await askChat(waybill.url, 'quick')
    await askChat(waybill.url, 'no-such-model')
    waybill.child.kill('SIGINT')
    expect((await waybill.exited()).code).toBe(0)
    const lines = waybill.stdout().trimEnd().split('\n')
    expect(waybill.log()).toHaveLength(lines.length)
  })
})

describe('SIGTERM', () => {
  it('lets a running stream come to its end and takes nothing new', async () => {
    const waybill = await running()
    const stream = await streamChat(waybill.url, 'slow')
    await until(() => stream.text().includes('word2'))
    waybill.child.kill('SIGTERM')
    await until(() => refusesConnections(waybill.url))
    expect(stream.text()).not.toContain('[DONE]')
    const text = await stream.whole()
    expect(text).toContain('word79')
    expect(text).toContain('[DONE]')
    expect(await waybill.exited()).toMatchObject({ code: 0 })
    expect(recordsIn(waybill.directory)).toMatchObject([
      { outcome: 'success', status: 200, streaming: 1, output_tokens: 2 },
    ])
    expect(waybill.stderr()).toContain('Waiting for 1 running request')
  })

  it('refuses what comes on a connection that is still open, as its client understands', async () => {
    const waybill = await running()
    const { hostname, port } = new URL(waybill.url)
    const socket = connect({ host: hostname, port: Number(port) })
    let received = ''
    socket.on('data', (bytes) => {
      received += bytes.toString()
    })
    onTestFinished(() => void socket.destroy())
    // Half a request before the signal, the rest after it.
    const request = httpRequest('/v1/messages', chatBody('quick'))
    await once(socket, 'connect')
    socket.write(request.slice(0, 20))
    // What is answered now came later than that half: it has been read.
    await askChat(waybill.url, 'quick')
    const stream = await streamChat(waybill.url, 'slow')
    waybill.child.kill('SIGTERM')
    await until(() => refusesConnections(waybill.url))
    socket.write(request.slice(20))
    await until(() => received.endsWith('}'))
    expect(received).toMatch(/^HTTP\/1\.1 503 /)
    expect(received.toLowerCase()).toContain('connection: close')
    expect(received).toContain('shutting_down')
    expect(received).toContain('"type":"error"')
    expect(await stream.whole()).toContain('[DONE]')
    expect(await waybill.exited()).toMatchObject({ code: 0 })
  })

  it('a second time ends at once, and says so in every stream', async () => {
    const waybill = await running()
    const stream = await streamChat(waybill.url, 'long')
    await until(() => stream.text().includes('word1'))
    waybill.child.kill('SIGTERM')
    await until(() => refusesConnections(waybill.url))
    const asked = performance.now()
    waybill.child.kill('SIGTERM')
    const text = await stream.whole()
    expect(lastEvent(text)).toContain('shutting_down')
    expect(text).not.toContain('[DONE]')
    const exit = await waybill.exited()
    expect(exit.atMs - asked).toBeLessThan(15_000)
    expect(exit.code).toBe(1)
  })

  it('ends what still runs when the drain time is over, and keeps its record', async () => {
    const waybill = await running('1s')
    const stream = await streamChat(waybill.url, 'long')
    const whole = askChat(waybill.url, 'up/100x100')
    await until(() => stream.text().includes('word1'))
    const asked = performance.now()
    waybill.child.kill('SIGTERM')
    const text = await stream.whole()
    expect(lastEvent(text)).toContain('shutting_down')
    expect(text).not.toContain('[DONE]')
    const refused = await whole
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ error: { code: 'shutting_down' } })
    const exit = await waybill.exited()
    expect(exit.code).toBe(0)
    expect(exit.atMs - asked).toBeGreaterThan(950)
    expect(exit.atMs - asked).toBeLessThan(15_000)
    const [first, second] = recordsIn(waybill.directory)
    expect([first, second]).toMatchObject([
      { outcome: 'failure', failure_class: 'shutting_down' },
      { outcome: 'failure', failure_class: 'shutting_down' },
    ])
    expect([first?.['status'], second?.['status']].sort()).toEqual([200, 503])
  })

  it('does not wait beyond it for a client that reads nothing or sends no end', async () => {
    const waybill = await running('1s')
    const { hostname, port } = new URL(waybill.url)
    const sockets = [0, 1, 2].map(() => connect({ host: hostname, port: Number(port) }))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
    })
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    const [deaf, half, slowBody] = sockets
    deaf?.pause()
    deaf?.write(httpRequest('/v1/chat/completions', chatBody('up/100000x0', true)))
    half?.write('POST /v1/chat/completions HTTP/1.1\r\nhost: loc')
    slowBody?.write(httpRequest('/v1/chat/completions', chatBody('quick')).slice(0, -5))
    let answered = ''
    slowBody?.on('data', (bytes) => {
      answered += bytes.toString()
    })
    // What is answered now came later than all that: it has been read.
    await askChat(waybill.url, 'quick')
    await sleep(300)
    const asked = performance.now()
    waybill.child.kill('SIGTERM')
    const exit = await waybill.exited()
    expect(exit.code).toBe(0)
    expect(exit.atMs - asked).toBeLessThan(15_000)
    await until(() => answered !== '')
    expect(answered).toMatch(/^HTTP\/1\.1 503 /)
  })

  it('before any request ends at once', async () => {
    const waybill = await running()
    const asked = performance.now()
    waybill.child.kill('SIGTERM')
    const exit = await waybill.exited()
    expect(exit.code).toBe(0)
    expect(exit.atMs - asked).toBeLessThan(15_000)
  })
})

describe('what keeps it from starting', () => {
  const start = (yaml: string | null, ...args: string[]) => {
    const options = yaml === null ? {} : { yaml }
    return runWaybill(['start', '--data', ':memory:', ...args], options)
  }
  const demo = 'providers: { demo: { simulated: {}, models: { small: {} } } }\n'

  it('a port in use', async () => {
    const other = createServer()
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : 0
    const waybill = start(demo, '--listen', `127.0.0.1:${port}`)
    expect((await waybill.exited()).code).toBe(1)
    expect(waybill.stderr()).toContain(`127.0.0.1:${port} is in use by another program`)
    expect(waybill.stderr()).toContain('--listen')
  })

  it('an address of another machine', async () => {
    const key = `clients: { web: { key: "sha256:${'a'.repeat(64)}" } }\n`
    const waybill = start(`${demo}${key}`, '--listen', '192.0.2.1:4100')
    expect((await waybill.exited()).code).toBe(1)
    expect(waybill.stderr()).toContain('192.0.2.1:4100 cannot be listened on (EADDRNOTAVAIL)')
  })

  it('a broken configuration, with file, line and column', async () => {
    const waybill = start(`${demo}modls: {}\n`, '--listen', '127.0.0.1:0')
    expect((await waybill.exited()).code).toBe(1)
    expect(waybill.stderr()).toContain(
      `${waybill.file}:2:1: error: modls: unknown key "modls". Did you mean "models"?`,
    )
    expect(waybill.stdout()).toBe('')
  })

  it('a configuration that is not there', async () => {
    const waybill = start(null, '--config', 'missing.yaml')
    expect((await waybill.exited()).code).toBe(1)
    expect(waybill.stderr()).toContain('missing.yaml: error: there is no such file')
  })

  it.each(['0.0.0.0:0', ':0', '[::]:0'])('listening on %s without client keys', async (listen) => {
    const waybill = start(demo, '--listen', listen)
    expect((await waybill.exited()).code).toBe(1)
    expect(waybill.stderr()).toMatch(/error: .*(client|key)/i)
  })

  it('wrong usage, with exit code 2', async () => {
    for (const args of [['--listen', 'here'], ['--log', 'loud'], ['--no-such-option'], ['extra']]) {
      const waybill = start(demo, ...args)
      expect((await waybill.exited()).code).toBe(2)
      expect(waybill.stderr()).not.toBe('')
    }
  })
})

describe('a data directory that cannot be written', () => {
  it('does not keep it from serving, and is told in the log and in /health', async () => {
    const upstream = await startPacedUpstream()
    const directory = temporaryDirectory()
    writeFileSync(path.join(directory, 'data'), 'a file, no folder')
    const waybill = await startWaybillProcess({ yaml: configuration(upstream), directory })
    expect((await askChat(waybill.url, 'quick')).status).toBe(200)
    const health = await fetch(`${waybill.url}/health`)
    expect(health.status).toBe(200)
    expect(await health.json()).toMatchObject({
      status: 'degraded',
      ledger: { state: 'degraded', message: expect.any(String) },
    })
    expect(waybill.log().some(({ level }) => level === 'error')).toBe(true)
    waybill.child.kill('SIGTERM')
    expect((await waybill.exited()).code).toBe(0)
  })
})

describe('SIGHUP', () => {
  it('reads the configuration again', async () => {
    const upstream = await startPacedUpstream()
    const waybill = await startWaybillProcess({ yaml: configuration(upstream) })
    expect((await askChat(waybill.url, 'fresh')).status).toBe(404)
    // The watch would see the change as well: the same content tells the signal apart.
    const reloads = () => waybill.log().filter(({ msg }) => msg === 'configuration reloaded').length
    waybill.child.kill('SIGHUP')
    await until(() => reloads() === 1)
    writeFileSync(waybill.file, `${configuration(upstream)}  fresh: { targets: [up/m] }\n`)
    waybill.child.kill('SIGHUP')
    await until(async () => (await askChat(waybill.url, 'fresh')).status === 200)
  })

  it('without a configuration file changes nothing', async () => {
    const waybill = await startWaybillProcess()
    waybill.child.kill('SIGHUP')
    await sleep(100)
    expect((await askChat(waybill.url, 'demo')).status).toBe(200)
  })
})

describe('readers that go away', () => {
  it.each(['stdout', 'stderr'] as const)('%s closed does not end it', async (name) => {
    const waybill = await running()
    waybill.child[name]?.destroy()
    for (let i = 0; i < 20; i++) expect((await askChat(waybill.url, 'quick')).status).toBe(200)
    // Both are written to once more: the log of these requests, the notice of the drain.
    const stream = await streamChat(waybill.url, 'slow')
    waybill.child.kill('SIGTERM')
    expect(await stream.whole()).toContain('[DONE]')
    expect((await waybill.exited()).code).toBe(0)
    expect(recordsIn(waybill.directory)).toHaveLength(21)
  })
})

describe('the data directory', () => {
  it('is made with what is in it, for its owner alone', async () => {
    const waybill = await running()
    await askChat(waybill.url, 'quick')
    const data = path.join(waybill.directory, 'data')
    await until(() => existsSync(path.join(data, 'waybill.db')))
    for (const name of ['.', ...readdirSync(data, { recursive: true }).map(String)]) {
      const { mode } = statSync(path.join(data, name))
      expect({ name, others: mode & 0o077 }).toEqual({ name, others: 0 })
    }
  })

  it('of a process that was killed is taken over by the next', async () => {
    const upstream = await startPacedUpstream()
    const first = await startWaybillProcess({ yaml: configuration(upstream) })
    for (let i = 0; i < 5; i++) await askChat(first.url, 'quick')
    first.child.kill('SIGKILL')
    await first.exited()
    const second = await startWaybillProcess({
      yaml: configuration(upstream),
      directory: first.directory,
    })
    await askChat(second.url, 'quick')
    second.child.kill('SIGTERM')
    await second.exited()
    expect(recordsIn(first.directory)).toHaveLength(6)
  })
})
