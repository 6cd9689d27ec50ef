import { errorMessage } from '../system-error.ts'
import { createLineQueue } from './line-queue.ts'
import { createSegmentWriter, type Lines, type SegmentWriterOptions } from './segment-writer.ts'

const RETRY_MS = 250

export interface JournalOptions extends SegmentWriterOptions {
  /** What the lines hold, in plural, for the operator: `Records`. */
  readonly contents: string
  /** Most bytes of lines kept in memory while the disk takes none. */
  readonly queueBytes: number
  /** Called when trouble begins, changes or (null) ends. */
  readonly onTrouble: (message: string | null) => void
}

/**
 * Lines on disk the moment they are appended. One synchronous write into the page cache costs a few
 * microseconds and survives the death of the process; waiting for the disk itself would cost
 * milliseconds, and is needed only where the power may fail.
 */
export interface Journal {
  /**
   * `bytes` are one or more whole lines, and the caller's again when this returns. False: they were
   * dropped, because neither disk nor memory could take them.
   */
  append(bytes: Uint8Array, lines: number): boolean
  /** Begins a new segment where it can, and returns its number. */
  rotate(): number
  queuedLines(): number
  /** Resolves when no line waits in memory any more. */
  drained(): Promise<void>
  /** No more lines; returns how many never reached the disk. */
  end(): number
  release(removeLock: boolean): void
}

export function createJournal(options: JournalOptions): Journal {
  const writer = createSegmentWriter(options)
  const queue = createLineQueue(options.queueBytes)
  let retry: NodeJS.Timeout | null = null
  let ended = false
  let waiting: (() => void)[] = []

  function trouble(error: unknown): void {
    options.onTrouble(
      `${options.contents} cannot be written to ${options.directory} (${errorMessage(error)}). ` +
        `They wait in memory, ${options.queueBytes} bytes at most: free space there or make it ` +
        'writable.',
    )
    retry ??= setTimeout(drain, RETRY_MS)
  }

  function tryWrite(lines: Lines): boolean {
    try {
      writer.write(lines)
      return true
    } catch (error) {
      trouble(error)
      return false
    }
  }

  function open(): boolean {
    try {
      writer.open()
      return true
    } catch (error) {
      trouble(error)
      return false
    }
  }

  function drain(): void {
    retry = null
    if (!open()) return
    if (!queue.drain(tryWrite)) {
      retry ??= setTimeout(drain, 0) // the rest in a later turn, requests come first
      return
    }
    options.onTrouble(null)
    for (const resolve of waiting) resolve()
    waiting = []
  }

  open()

  return {
    append(bytes, lines) {
      if (ended) return false
      const group = { bytes, lines, written: 0 }
      if (queue.size() === 0 && tryWrite(group)) return true
      return queue.add({ ...group, bytes: Uint8Array.from(bytes) })
    },
    rotate: writer.rotate,
    queuedLines: queue.size,
    async drained() {
      if (queue.size() > 0) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    end() {
      ended = true
      if (retry !== null) clearTimeout(retry)
      writer.end()
      return queue.size()
    },
    release: writer.release,
  }
}
