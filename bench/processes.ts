import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { availableParallelism } from 'node:os'

/** The gateway has a core of its own; provider and load share another. */
const pinning =
  process.platform === 'linux' && availableParallelism() >= 2 && existsSync('/usr/bin/taskset')
export const pinned = pinning

export interface Running {
  readonly name: string
  readonly process: ChildProcess
  /** Resident memory now and at its highest, in MB; NaN where /proc does not tell. */
  memory(): { nowMb: number; peakMb: number }
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a program on a core: 0 for what is measured, 1 for what measures. */
export function start(
  name: string,
  core: 0 | 1,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Running {
  const [command = '', ...rest] = pinning
    ? ['taskset', '-c', String(core), process.execPath, ...args]
    : [process.execPath, ...args]
  const child = spawn(command, rest, {
    ...options,
    env: { ...process.env, ...options.env },
    stdio: 'ignore',
  })
  running.add(child)
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  ended.then(() => running.delete(child))
  return {
    name,
    process: child,
    memory: () => memoryOf(child.pid),
    async stop() {
      child.kill('SIGTERM')
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5_000))])
      child.kill('SIGKILL')
    },
  }
}

function memoryOf(pid: number | undefined): { nowMb: number; peakMb: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const megabytes = (field: string) =>
      Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
    return { nowMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') }
  } catch {
    return { nowMb: Number.NaN, peakMb: Number.NaN }
  }
}

/** Runs the load program to its end and returns the JSON it prints. */
export function load<T>(args: readonly string[], env: NodeJS.ProcessEnv): Promise<T> {
  const script = new URL('./load.ts', import.meta.url).pathname
  const [command = '', ...rest] = pinning
    ? ['taskset', '-c', '1', process.execPath, script, ...args]
    : [process.execPath, script, ...args]
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    running.add(child)
    let out = ''
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString()
    })
    child.on('exit', (code) => {
      running.delete(child)
      if (code === 0) resolve(JSON.parse(out))
      else reject(new Error(`the load ended with code ${code}`))
    })
  })
}

/** Waits until something listens on a port of this machine. */
export async function listening(port: number): Promise<void> {
  for (const until = performance.now() + 20_000; performance.now() < until; ) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.on('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nothing listens on port ${port}`)
}
