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
  journalTrouble(message: string | null): void
  reported(report: Report): void
  health(): LedgerHealth
}

export function createLedgerState(onProblem: (message: string) => void): LedgerState {
  let appended = 0
  let stored = 0
  let dropped = 0
  let skippedLines = 0
  let journalTrouble: string | null = null
  let storeTrouble: string | null = null

  function changed(from: string | null, to: string | null): string | null {
    if (to !== null && to !== from) onProblem(to)
    return to
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
    journalTrouble(message) {
      journalTrouble = changed(journalTrouble, message)
    },
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
          storeTrouble = changed(storeTrouble, report.message)
          break
      }
    },
    health() {
      const troubles = [journalTrouble, storeTrouble].filter((trouble) => trouble !== null)
      return {
        state: troubles.length === 0 ? 'ok' : 'degraded',
        message: troubles.length === 0 ? null : troubles.join(' '),
        queuedRecords: waiting(),
        dropped,
        skippedLines,
      }
    },
  }
  return state
}
