import type { JsonValue } from '../../core/json.ts'

/** How the answer to a request came to its end. */
export type HowEnded =
  | 'finished'
  /** By a fault: closed or reset by the mock in the middle of things. */
  | 'cut'
  /** The client left first. */
  | 'client-closed'
  /** The mock was closed. */
  | 'mock-closed'

interface At {
  /** Milliseconds since the mock started, monotonic. */
  readonly atMs: number
  /** Number of the connection, from 1. */
  readonly connection: number
}

export interface RequestEntry extends At {
  readonly kind: 'request'
  /** Number of the request, from 1. */
  readonly request: number
  readonly method: string
  /** With query; credentials masked. */
  readonly path: string
  /** Credentials masked: equal ones look equal. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonValue | undefined
  readonly bodyBytes: number
  /** Model name without the behaviour on it. */
  readonly model: string
  /** The behaviour's faults struck this request. */
  readonly troubled: boolean
}

export interface EndedEntry extends At {
  readonly kind: 'ended'
  readonly request: number
  readonly how: HowEnded
  /** Null when none was sent. */
  readonly status: number | null
  /** Written to the socket, heads and framing included. */
  readonly bytesWritten: number
  /** Since the request. */
  readonly afterMs: number
}

export interface ConnectionEntry extends At {
  readonly kind: 'opened' | 'closed'
}

export type LogEntry = ConnectionEntry | RequestEntry | EndedEntry

export interface MockLog {
  /** In the order things happened; the oldest are dropped beyond the limit. */
  readonly entries: readonly LogEntry[]
  requests(): readonly RequestEntry[]
  ended(): readonly EndedEntry[]
  /** The first entry, present or future, that fits; rejects when none comes in time. */
  waitFor(fits: (entry: LogEntry) => boolean, withinMs?: number): Promise<LogEntry>
  clear(): void
}

export interface WritableLog extends MockLog {
  add(entry: LogEntry): void
}

const USUAL_WAIT_MS = 5000
/** Bodies are kept as they came; a load test with long prompts must not fill the memory with them. */
const MOST_BODY_BYTES = 64 * 1024 * 1024

export function createLog(limit: number): WritableLog {
  const entries: LogEntry[] = []
  let bodyBytes = 0
  const watchers = new Set<(entry: LogEntry) => void>()

  function dropOldest(count: number): void {
    for (const entry of entries.splice(0, count)) bodyBytes -= bodyBytesOf(entry)
  }

  return {
    entries,
    requests: () => entries.filter((entry) => entry.kind === 'request'),
    ended: () => entries.filter((entry) => entry.kind === 'ended'),
    clear() {
      dropOldest(entries.length)
    },
    add(entry) {
      entries.push(entry)
      bodyBytes += bodyBytesOf(entry)
      if (entries.length > 2 * limit) dropOldest(entries.length - limit)
      if (bodyBytes > MOST_BODY_BYTES) dropOldest(Math.ceil(entries.length / 2))
      for (const watcher of watchers) watcher(entry)
    },
    waitFor(fits, withinMs = USUAL_WAIT_MS) {
      const known = entries.find(fits)
      if (known !== undefined) return Promise.resolve(known)
      return new Promise((resolve, reject) => {
        const watcher = (entry: LogEntry) => {
          if (!fits(entry)) return
          settle()
          resolve(entry)
        }
        const timeout = setTimeout(() => {
          settle()
          reject(new Error(`The mock has logged no such entry within ${withinMs} ms.`))
        }, withinMs)
        const settle = () => {
          clearTimeout(timeout)
          watchers.delete(watcher)
        }
        watchers.add(watcher)
      })
    },
  }
}

function bodyBytesOf(entry: LogEntry): number {
  return entry.kind === 'request' ? entry.bodyBytes : 0
}
