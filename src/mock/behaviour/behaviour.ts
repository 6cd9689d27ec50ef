import type { FinishReason } from '../../core/reply.ts'
import type { ErrorKind } from './error-kinds.ts'
import type { Faults } from './fault-names.ts'

export const usageFaults = ['missing', 'null', 'negative', 'huge', 'string', 'zero'] as const
/** What is wrong with the usage a reply reports. */
export type UsageFault = (typeof usageFaults)[number]

/** How one request is answered. Null stands for "as the request and the model name say". */
export interface Behaviour {
  /** From the end of the request to the first real output. */
  readonly firstTokenMs: number
  /** Headers and the role-only preamble go out this early; null: together with the first output. */
  readonly preambleMs: number | null
  /** Up to so much more, seeded, on the first token and between tokens. */
  readonly jitterMs: number
  /** 0: everything at once. */
  readonly tokensPerSecond: number
  /** Length of the answer's text. */
  readonly tokens: number
  readonly seed: number | null
  readonly reasoningTokens: number | null
  readonly toolCalls: number | null
  readonly finish: FinishReason | null
  readonly inputTokens: number | null
  readonly cachedTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly trouble: Trouble
  /** Trouble comes only to the requests these let through. */
  readonly gate: Gate
  /** An idle connection is closed after so long; null: never. */
  readonly closeIdleMs: number | null
  /** More headers for the reply, lower-case names. */
  readonly headers: readonly (readonly [string, string])[]
}

/** Everything that goes wrong on purpose. */
export interface Trouble {
  readonly status: number | null
  readonly error: ErrorKind | null
  /** Seconds, `date:SECONDS`, `garbage`, `years` or `none`. */
  readonly retryAfter: string | null
  readonly location: string | null
  readonly usage: UsageFault | null
  readonly faults: Faults
}

export interface Gate {
  /** Only the first so many requests with the same key. */
  readonly times: number | null
  /** Counted together; null: by model. */
  readonly key: string | null
  /** Only within this time since the mock started, in milliseconds. */
  readonly outage: { readonly fromMs: number; readonly toMs: number } | null
  /** Only so large a share of the requests, 0 to 1, drawn by seed. */
  readonly rate: number | null
}

export const noTrouble: Trouble = {
  status: null,
  error: null,
  retryAfter: null,
  location: null,
  usage: null,
  faults: new Map(),
}

export const openGate: Gate = { times: null, key: null, outage: null, rate: null }

export const plainBehaviour: Behaviour = {
  firstTokenMs: 0,
  preambleMs: null,
  jitterMs: 0,
  tokensPerSecond: 0,
  tokens: 60,
  seed: null,
  reasoningTokens: null,
  toolCalls: null,
  finish: null,
  inputTokens: null,
  cachedTokens: null,
  cacheWriteTokens: null,
  trouble: noTrouble,
  gate: openGate,
  closeIdleMs: null,
  headers: [],
}
