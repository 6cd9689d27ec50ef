import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startWaybill, type Waybill } from '../../src/compose.ts'
import { formatProblem } from '../../src/config/problem.ts'
import { root } from './documents.ts'

/** The address the documentation writes. */
export const documentedUrl = 'http://127.0.0.1:4100'

/** What `npm start` starts with no key in the environment, on a free port. */
export async function startZeroConfiguration(): Promise<Waybill> {
  const started = await startWaybill({
    file: null,
    environment: {},
    listen: { host: '127.0.0.1', port: 0 },
    dataDirectory: ':memory:',
    log: { format: 'json', colour: false },
    writeLog: (bytes, done) => done(null, bytes.length),
  })
  if (!started.ok) throw new Error(started.problems.map(formatProblem).join('\n'))
  return started.waybill
}

export interface Output {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, in the repository. Only the given variables and PATH are set. */
export function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
    child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

export interface Workshop {
  readonly folder: string
  /** Writes a file into it and returns where. */
  write(name: string, text: string): string
  remove(): void
}

/** A folder outside the repository whose files import packages and `../src` as if they were in it. */
export function openWorkshop(): Workshop {
  const parent = mkdtempSync(path.join(tmpdir(), 'waybill-docs-'))
  const folder = mkdtempSync(path.join(parent, 'snippets-'))
  symlinkSync(path.join(root, 'node_modules'), path.join(parent, 'node_modules'))
  symlinkSync(path.join(root, 'src'), path.join(parent, 'src'))
  writeFileSync(path.join(parent, 'package.json'), '{ "type": "module" }')
  return {
    folder,
    write(name, text) {
      const file = path.join(folder, name)
      writeFileSync(file, text)
      return file
    },
    remove: () => rmSync(parent, { recursive: true, force: true }),
  }
}
