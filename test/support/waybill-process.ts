import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { isObject, type JsonObject, parseJson } from '../../src/core/json.ts'
import { temporaryDirectory, until } from './gateway.ts'

const bin = path.resolve(import.meta.dirname, '../../bin/waybill.cjs')

export interface ProcessOptions {
  /** Content of `waybill.yaml` in the working directory; none when left out. */
  readonly yaml?: string
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** The Node that starts it; the one of this process when left out. */
  readonly node?: string
  readonly directory?: string
  /** In a process group of its own, as a terminal would start it. */
  readonly detached?: boolean
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** `performance.now()` */
  readonly atMs: number
}

export interface WaybillProcess {
  readonly child: ChildProcess
  readonly directory: string
  readonly file: string
  stdout(): string
  stderr(): string
  exited(): Promise<Exit>
  /** The JSON lines of its log so far. */
  log(): JsonObject[]
}

/** Runs the command as a user would, in a folder of its own, with nothing of this environment but PATH. */
export function runWaybill(args: readonly string[], options: ProcessOptions = {}): WaybillProcess {
  const directory = options.directory ?? temporaryDirectory()
  const file = path.join(directory, 'waybill.yaml')
  if (options.yaml !== undefined) writeFileSync(file, options.yaml)
  const child = spawn(options.node ?? process.execPath, [bin, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.detached === true,
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (bytes: Buffer) => {
    said.stdout += bytes.toString()
  })
  child.stderr.on('data', (bytes: Buffer) => {
    said.stderr += bytes.toString()
  })
  const exit = new Promise<Exit>((resolve) => {
    // `close`, not `exit`: by then everything it said has been read.
    child.on('close', (code, signal) => resolve({ code, signal, atMs: performance.now() }))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
  })
  return {
    child,
    directory,
    file,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    exited: () => exit,
    log: () => jsonLines(said.stdout),
  }
}

export interface RunningWaybill extends WaybillProcess {
  readonly url: string
}

/** `waybill start` on a free port; resolves once its log says where it listens. */
export async function startWaybillProcess(options: ProcessOptions = {}): Promise<RunningWaybill> {
  const args = ['start', '--listen', '127.0.0.1:0', '--data', 'data', ...(options.args ?? [])]
  const running = runWaybill(args, options)
  const url = () => running.log().find(({ msg }) => msg === 'listening')?.['url']
  let over = false
  void running.exited().then(() => {
    over = true
  })
  await until(() => over || url() !== undefined)
  const address = url()
  if (typeof address !== 'string') throw new Error(`did not start: ${running.stderr()}`)
  return { ...running, url: address }
}

/** What the ledger of a process holds after it has ended. */
export function recordsIn(directory: string): JsonObject[] {
  const file = path.join(directory, 'data', 'waybill.db')
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const rows = database.prepare('SELECT * FROM waybills ORDER BY arrived_at_ms').all()
    return rows.filter(isObject)
  } finally {
    database.close()
  }
}

export function jsonLines(text: string): JsonObject[] {
  return text.split('\n').flatMap((line) => {
    const parsed = parseJson(line)
    return isObject(parsed) ? [parsed] : []
  })
}
