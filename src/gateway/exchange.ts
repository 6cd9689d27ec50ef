import type { Endpoint } from '../core/request.ts'

/** A request as the HTTP edge hands it in: read whole, within its limits, not yet understood. */
export interface Incoming {
  readonly method: string
  /** Path as asked, without the query. */
  readonly path: string
  readonly query: string
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly endpoint: Endpoint
  /** The model when the dialect carries it in the path; null when the body does. */
  readonly pathModel: string | null
  /** The peer is this very machine. */
  readonly loopback: boolean
  /**
   * Whose limits by address it counts towards: the peer, or whom a trusted proxy names. IPv6 as its /64,
   * `2001:db8::/64`. null where it is not known.
   */
  readonly ip: string | null
  readonly arrivedAtMs: number
  /** `Clock.monotonicMs` at arrival: all durations of the request count from here. */
  readonly arrivedMonotonicMs: number
}

/** The client's side of the connection. */
export interface Outgoing {
  /** Headers as name, value, name, value …; the array is the callee's from here on. */
  head(status: number, headers: string[]): void
  /** False: the client reads slower than we write; wait for `onDrain`. */
  write(bytes: Uint8Array): boolean
  /** Ends the reply properly, with last bytes if given. */
  end(bytes?: Uint8Array): void
  /** Breaks the connection, so that a cut reply cannot be taken for a whole one. */
  destroy(): void
  onDrain(callback: () => void): void
  /**
   * 0 when the client has taken all that was written; else a figure that changes when it takes some,
   * and with each write.
   */
  untaken(): number
  /** The client went away before the reply had ended. Called at most once. */
  onGone(callback: () => void): void
}
