import { write as writeFile } from 'node:fs'
import { JsonLines } from '../../core/json-lines/json-lines.ts'

const RETRY_MS = 50
/** A write wakes another thread: at thousands of lines a second it must be one write for many. */
const GATHER_MS = 20
/** More than a slow reader can be behind by accident. */
const MAX_PENDING = 4 * 1024 * 1024

/** `fs.write` to one file: calls back with the number of bytes taken, or an error. */
export type WriteOut = (
  bytes: Uint8Array,
  done: (error: NodeJS.ErrnoException | null, taken: number) => void,
) => void

export interface LineSinkOptions {
  readonly write: WriteOut
  /** Most bytes kept for a reader that is slow; newer lines are dropped. */
  readonly maxPending?: number
  /** The line that tells how many were dropped, once there is room again. */
  readonly droppedLine: (count: number) => string
}

/** Lines written in batches, in order, without ever waiting for their reader. */
export interface LineSink {
  add(line: string): void
  /** Where the next line is to be written, with its line break; `finish` adds it. */
  begin(): JsonLines
  finish(): void
  /** Lines that nobody will read, since the start. */
  dropped(): number
  /** Resolves when every line was written or dropped. */
  flush(): Promise<void>
}

/**
 * Standard output by way of the file descriptor: `process.stdout` gives up for good at the first
 * error, a disk full for a moment as much as a reader gone.
 */
export function standardOutput(): WriteOut {
  // Touched for two effects: a pipe becomes non-blocking, and its loss does not end the process.
  process.stdout.on('error', () => {})
  return (bytes, done) => writeFile(1, bytes, 0, bytes.length, null, done)
}

export function createLineSink(options: LineSinkOptions): LineSink {
  const maxPending = options.maxPending ?? MAX_PENDING
  let pending = new JsonLines()
  /** Takes lines while the other one is written. */
  let spare = new JsonLines()
  let dropped = 0
  let droppedUntold = 0
  let busy = false
  /** The last line went out in part: the next one starts after a line break. */
  let torn = false
  let waiting: (() => void)[] = []
  let gathering: NodeJS.Timeout | null = null

  function drop(count: number): void {
    dropped += count
    droppedUntold += count
  }

  function gather(): void {
    gathering = setTimeout(next, GATHER_MS)
  }

  function next(): void {
    gathering = null
    if (pending.count === 0) {
      busy = false
      for (const resolve of waiting) resolve()
      waiting = []
      return
    }
    const batch = pending
    pending = spare
    const told = droppedUntold
    const notice = told === 0 ? '' : `${options.droppedLine(told)}\n`
    const before = `${torn ? '\n' : ''}${notice}`
    const lines = batch.bytes()
    const bytes = before === '' ? lines : Buffer.concat([Buffer.from(before), lines])
    writeAll(bytes, (complete) => {
      if (complete) droppedUntold -= told
      else drop(batch.count)
      batch.clear()
      spare = batch
      if (pending.count === 0 || waiting.length > 0) next()
      else gather()
    })
  }

  function writeAll(bytes: Uint8Array, done: (complete: boolean) => void): void {
    options.write(bytes, (error, taken) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(writeAll, RETRY_MS, bytes, done)
        return
      }
      if (error !== null) return done(false)
      torn = taken < bytes.length
      if (torn) writeAll(bytes.subarray(taken), done)
      else done(true)
    })
  }

  function begin(): JsonLines {
    pending.begin()
    return pending
  }

  function finish(): void {
    if (pending.written > maxPending) {
      drop(1)
      return
    }
    pending.finish()
    if (busy) return
    busy = true
    gather()
  }

  return {
    add(line) {
      begin().raw(`${line}\n`)
      finish()
    },
    begin,
    finish,
    dropped: () => dropped,
    async flush() {
      if (!busy) return
      const written = new Promise<void>((resolve) => waiting.push(resolve))
      if (gathering !== null) {
        clearTimeout(gathering)
        next()
      }
      await written
    },
  }
}
