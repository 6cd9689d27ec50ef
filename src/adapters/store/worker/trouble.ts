import { errorMessage, isBusy } from '../system-error.ts'

/**
 * Processes that share a database hold each other up for moments; only longer than this is news.
 */
const BUSY_PATIENCE_MS = 5000

export interface TroubleWatch {
  failed(error: unknown): void
  over(): void
  failing(): boolean
  /** The operator was told: it does not look as if it passed in a moment. */
  told(): boolean
}

/**
 * Turns failures of the database into one message when trouble begins or changes, and null at its
 * end.
 */
export function createTroubleWatch(
  paths: { readonly databasePath: string; readonly journalDirectory: string },
  tell: (message: string | null) => void,
): TroubleWatch {
  let since: number | null = null
  let said: string | null | undefined // a worker that follows a dead one must say that all is well

  function say(message: string | null): void {
    if (message === said) return
    said = message
    tell(message)
  }

  return {
    failed(error) {
      since ??= performance.now()
      const busy = isBusy(error)
      if (busy && performance.now() - since < BUSY_PATIENCE_MS) return
      say(sentence(error, busy, paths.databasePath, paths.journalDirectory))
    },
    over() {
      since = null
      say(null)
    },
    failing: () => since !== null,
    told: () => typeof said === 'string',
  }
}

function sentence(error: unknown, busy: boolean, database: string, journal: string): string {
  const waiting = `No record is lost: they wait in ${journal}.`
  if (busy) return `${database} is locked by another process: let it finish or end it. ${waiting}`
  const advice = 'Make it writable, free space on its disk, or name another file.'
  return `Records cannot be stored in ${database} (${errorMessage(error)}). ${advice} ${waiting}`
}
