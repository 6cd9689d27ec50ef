import type { LedgerHealth } from './waybill-store.ts'
import type { Report } from './worker/worker-link.ts'

/** What the ledger knows of itself, gathered from the journal and the worker. */
export interface LedgerState {
  /** A wake is on its way to the worker. */
  awake: boolean
  appended(records: number): void
  /** Records that could not be appended. */
  dropped(records: number): void
  /** Records that were appended, but only to memory that is now given up. */
  lost(count: number): void
  waiting(): number
  /** What is wrong with one part; null: nothing any more. */
  trouble(part: string, message: string | null): void
  reported(report: Report): void
  health(): LedgerHealth
}

export function createLedgerState(onProblem: (message: string) => void): LedgerState {
  let appended = 0
  let stored = 0
  let dropped = 0
  let skippedLines = 0
  const troubles = new Map<string, string>()

  function trouble(part: string, message: string | null): void {
    if (message === null) troubles.delete(part)
    else if (message !== troubles.get(part)) {
      troubles.set(part, message)
      onProblem(message)
    }
  }

  function drop(count: number): void {
    if (dropped === 0 && count > 0) {
      onProblem('Records are being dropped: neither disk nor memory takes more of them.')
    }
    dropped += count
  }

  const waiting = () => Math.max(0, appended - stored)

  const state: LedgerState = {
    awake: false,
    appended(records) {
      appended += records
    },
    dropped: drop,
    lost(count) {
      appended -= count
      drop(count)
    },
    waiting,
    trouble,
    reported(report) {
      switch (report.type) {
        case 'stored':
          stored += report.lines
          break
        case 'idle':
          state.awake = false
          break
        case 'skipped':
          skippedLines += report.lines
          onProblem(`${report.lines} unreadable lines in the journal of ${report.owner} skipped.`)
          break
        case 'problem':
          onProblem(report.message)
          break
        case 'trouble':
          trouble('database', report.message)
          break
      }
    },
    health() {
      return {
        state: troubles.size === 0 ? 'ok' : 'degraded',
        message: troubles.size === 0 ? null : [...troubles.values()].join(' '),
        queuedRecords: waiting(),
        dropped,
        skippedLines,
      }
    },
  }
  return state
}
