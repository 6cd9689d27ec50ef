import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient, type RedisArgument } from '@redis/client'
import { onTestFinished } from 'vitest'

/** Tests against a real Redis run where there is one. */
const program = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)
export const redisPresent = program !== undefined

export interface RedisServer {
  readonly port: number
  /** Runs a command on a connection of its own. */
  command(...args: readonly RedisArgument[]): Promise<unknown>
  /** Frozen: it takes connections and says nothing. */
  freeze(): void
  thaw(): void
  kill(): Promise<void>
  /** Again on the same port, with what it had saved. */
  restart(): Promise<void>
}

/** The commands clients send while something happens, a line for each; not what scripts run. */
export async function monitored(
  { port }: RedisServer,
  happens: () => Promise<void>,
): Promise<string[]> {
  const lines: string[] = []
  const client = createClient({ RESP: 2, socket: { port, host: '127.0.0.1' } })
  client.on('error', () => {})
  await client.connect()
  await client.monitor((line) => {
    if (!/^\S+ \[\d+ lua\]/.test(String(line))) lines.push(String(line))
  })
  await happens()
  await command(port, ['ECHO', 'the end'])
  while (!lines.some((line) => line.includes('the end'))) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  client.destroy()
  return lines.filter((line) => !/"(HELLO|ECHO|hello|echo)"|SETINFO|MAINT/i.test(line))
}

/** A redis-server on a free port of this machine, for one test. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await launchRedis(settings)
  onTestFinished(() => server.end())
  return server
}

/** The same, to be ended by the caller. Nothing is saved unless `settings` say so. */
export async function launchRedis(
  settings: readonly string[] = [],
): Promise<RedisServer & { end(): Promise<void> }> {
  const port = await freePort()
  const directory = mkdtempSync(path.join(tmpdir(), 'waybill-test-'))
  let child = await started(port, directory, settings)
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    port,
    command: (...args) => command(port, args),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill,
    async restart() {
      await kill()
      child = await started(port, directory, settings)
    },
    async end() {
      await kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function started(
  port: number,
  directory: string,
  settings: readonly string[],
): Promise<ChildProcess> {
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory]
  const child = spawn(program ?? '', [...fixed, ...settings], { stdio: 'ignore' })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`)
    if (await command(port, ['PING']).then(() => true, isUp)) return child
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** It asks for a password, or is loading: it is there. */
function isUp(error: unknown): boolean {
  return error instanceof Error && /NOAUTH|LOADING/.test(error.message)
}

async function command(port: number, args: readonly RedisArgument[]): Promise<unknown> {
  const client = createClient({ socket: { port, host: '127.0.0.1', reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  try {
    return await client.sendCommand(args)
  } finally {
    client.destroy()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
