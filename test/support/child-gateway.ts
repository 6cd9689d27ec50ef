import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { parseJson, stringAt } from '../../src/core/json.ts'

/** The gateway as users run it, in a process whose memory is its own. */
export interface ChildGateway {
  readonly url: string
  /** Resident memory now, in bytes. */
  residentBytes(): number
  /** The most it was since the last call (or the start), in bytes. */
  takePeakBytes(): number
  /** The log and whatever else it wrote. */
  output(): string
  alive(): boolean
  close(): void
}

const command = path.resolve(import.meta.dirname, '../../bin/waybill.cjs')

/** Where the kernel tells the memory of a process (Linux). */
export const canMeasure = process.platform === 'linux'

export async function startChildGateway(yaml: string): Promise<ChildGateway> {
  const directory = mkdtempSync(path.join(tmpdir(), 'waybill-test-'))
  const file = path.join(directory, 'waybill.yaml')
  writeFileSync(file, yaml)
  const child = spawn(
    process.execPath,
    [command, 'start', '--config', file, '--data', ':memory:', '--listen', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } },
  )
  let output = ''
  child.stderr.on('data', (data: Buffer) => {
    output += data.toString()
  })
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      output += `${line}\n`
      const entry = parseJson(line)
      if (stringAt(entry, 'msg') === 'listening') resolve(stringAt(entry, 'url') ?? '')
    })
    child.on('exit', () => reject(new Error(`the gateway ended:\n${output}`)))
  })
  const status = (name: string) => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(
      readFileSync(`/proc/${child.pid}/status`, 'utf8'),
    )
    return Number(found?.[1]) * 1024
  }
  return {
    url,
    residentBytes: () => status('VmRSS'),
    takePeakBytes() {
      const peak = status('VmHWM')
      writeFileSync(`/proc/${child.pid}/clear_refs`, '5')
      return peak
    },
    output: () => output,
    alive: () => child.exitCode === null && child.signalCode === null,
    close() {
      child.kill('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
