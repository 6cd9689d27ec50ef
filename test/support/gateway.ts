import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { startWaybill, type Waybill } from '../../src/compose.ts'
import { formatProblem } from '../../src/config/problem.ts'
import type { WaybillRecord } from '../../src/core/account/record.ts'

export interface TestGateway {
  readonly url: string
  readonly waybill: Waybill
  readonly file: string
  /** What was written to the log so far. */
  logText(): string
  /** The newest record, once the request it belongs to has been accounted. */
  lastRecord(): Promise<WaybillRecord>
  records(): Promise<readonly WaybillRecord[]>
}

export interface GatewayOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** A directory for an SQLite ledger; records stay in memory when left out. */
  readonly dataDirectory?: string
}

/** A folder that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'waybill-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The whole gateway in this process, on a free port, ended with the test. */
export async function startGateway(
  yaml: string,
  options: GatewayOptions = {},
): Promise<TestGateway> {
  const file = path.join(temporaryDirectory(), 'waybill.yaml')
  const listen = /^server:/m.test(yaml) ? '' : 'server: { listen: "127.0.0.1:0" }\n'
  writeFileSync(file, `${listen}${yaml}`)
  let log = ''
  const started = await startWaybill({
    file,
    environment: options.environment ?? {},
    dataDirectory: options.dataDirectory ?? ':memory:',
    log: { format: 'json', colour: false },
    writeLog(bytes, done) {
      log += Buffer.from(bytes).toString()
      done(null, bytes.length)
    },
  })
  if (!started.ok) throw new Error(started.problems.map(formatProblem).join('\n'))
  const { waybill } = started
  onTestFinished(async () => {
    waybill.abandon()
    await waybill.stop()
  })
  const records = () => waybill.store.recentWaybills(1_000)
  return {
    url: waybill.url,
    waybill,
    file,
    logText: () => log,
    records,
    async lastRecord() {
      const [record] = await records()
      if (record === undefined) throw new Error('no request has been recorded')
      return record
    },
  }
}

/** Waits until a condition holds; the test's own timeout bounds the wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
