import type { WaybillRecord } from '../../../src/core/account/record.ts'
import type { Catalog } from '../../../src/core/catalog.ts'
import { authenticate } from '../../../src/gateway/authenticate.ts'
import type { Incoming, Outgoing } from '../../../src/gateway/exchange.ts'
import type { Stoppable } from '../../../src/gateway/execute.ts'
import { handleRequest } from '../../../src/gateway/handle-request.ts'
import { type Knowledge, openKnowledge } from '../../../src/gateway/knowledge.ts'
import type { LimitState } from '../../../src/gateway/limit-state.ts'
import type {
  Ports,
  UpstreamCall,
  UpstreamExchange,
  UpstreamObserver,
} from '../../../src/gateway/ports.ts'
import { createRoster, type Roster } from '../../../src/gateway/roster.ts'
import { findRoute } from '../../../src/http/routes.ts'
import { limitingIn, type WatchedLimiting } from '../../support/limiting.ts'
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts'

/** What one attempt asked of a provider, and the way to answer it. */
export interface Asked {
  readonly call: UpstreamCall
  readonly observer: UpstreamObserver
  aborted: boolean
  paused: boolean
  header(name: string): string | null
  /** A whole answer at once. */
  answer(status: number, body: string, headers?: Readonly<Record<string, string>>): void
}

/** The client's side: what it got so far, and what it may do. */
export interface Got {
  status: number | null
  headers: Record<string, string>
  body: string
  ended: boolean
  broken: boolean
  /** What `write` says: false for a client that reads slowly. */
  flowing: boolean
  drained(): void
  leave(): void
}

export interface Rig {
  readonly clock: VirtualClock
  readonly knowledge: Knowledge
  readonly limiting: WatchedLimiting
  readonly asked: Asked[]
  readonly records: WaybillRecord[]
  readonly running: Roster<Stoppable>
  readonly internalErrors: unknown[]
  /** Sends a request; resolves with what the client got when it has been dealt with. */
  send(body: object, options?: SendOptions): { got: Got; over: Promise<void> }
}

export interface SendOptions {
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The client has left by the time anybody looks. */
  readonly gone?: boolean
}

export interface RigOptions {
  /** Plays the provider: called while the attempt is being sent. */
  readonly onAsked?: (asked: Asked) => void
  /** Uniform in [0, 1); 0.5 each time when left out. */
  readonly random?: () => number
  /** Where limits are counted; in memory when left out. */
  readonly state?: (clock: VirtualClock) => LimitState
}

/** The gateway's straight line in memory: no socket, no disk, and time that moves when told to. */
export function gatewayRig(catalog: Catalog, options: RigOptions = {}): Rig {
  const clock = virtualClock()
  const asked: Asked[] = []
  const records: WaybillRecord[] = []
  const running = createRoster<Stoppable>()
  const knowledge = openKnowledge(null, clock.monotonicMs(), clock.nowMs())
  const internalErrors: unknown[] = []
  const onInternalError = (error: unknown) => void internalErrors.push(error)
  const ports = portsOf(clock, asked, records, options)
  const limiting = limitingIn(catalog, clock, options.state?.(clock))
  const serving = { ports, knowledge, limiting, running, onInternalError, onRollback: () => {} }
  return {
    clock,
    knowledge,
    limiting,
    asked,
    records,
    running,
    internalErrors,
    send(body, options = {}) {
      const { got, outgoing } = client(options.gone === true)
      const incoming = incomingOf(body, options, clock)
      const over = handleRequest(
        { ...serving, catalog },
        incoming,
        authenticate(incoming, catalog),
        outgoing,
      )
      return { got, over }
    },
  }
}

function portsOf(
  clock: VirtualClock,
  asked: Asked[],
  records: WaybillRecord[],
  { onAsked, random = () => 0.5 }: RigOptions,
): Ports {
  let ids = 0
  const upstream = {
    send(call: UpstreamCall, observer: UpstreamObserver): UpstreamExchange {
      const one = askedOf(call, observer)
      asked.push(one)
      observer.connected()
      onAsked?.(one)
      return {
        pause: () => {
          one.paused = true
        },
        resume: () => {
          one.paused = false
        },
        abort: () => {
          one.aborted = true
        },
      }
    },
    close: async () => {},
  }
  return {
    clock,
    random,
    newId: () => `wb_${++ids}`,
    upstreams: { of: () => upstream },
    languageModels: {
      start() {
        throw new Error('no AI SDK provider here')
      },
    },
    ledger: {
      append(record, stored) {
        records.push(record)
        stored()
      },
      flush: async () => {},
      close: async () => {},
    },
    telemetry: { started() {}, finished() {} },
  }
}

function askedOf(call: UpstreamCall, observer: UpstreamObserver): Asked {
  return {
    call,
    observer,
    aborted: false,
    paused: false,
    header(name) {
      const at = call.headers.findIndex((entry, index) => index % 2 === 0 && entry === name)
      return at < 0 ? null : (call.headers[at + 1] ?? null)
    },
    answer(status, body, headers = {}) {
      observer.head(status, { 'content-type': 'application/json', ...headers })
      observer.data(Buffer.from(body))
      observer.ended()
    },
  }
}

function client(gone: boolean): { got: Got; outgoing: Outgoing } {
  let onDrain: () => void = () => {}
  let onGone: () => void = () => {}
  const got: Got = {
    status: null,
    headers: {},
    body: '',
    ended: false,
    broken: false,
    flowing: true,
    drained: () => onDrain(),
    leave: () => onGone(),
  }
  const outgoing: Outgoing = {
    head(status, headers) {
      got.status = status
      for (let i = 0; i < headers.length; i += 2)
        got.headers[headers[i] ?? ''] = headers[i + 1] ?? ''
    },
    write(bytes) {
      got.body += Buffer.from(bytes).toString()
      return got.flowing
    },
    end(bytes) {
      got.body += bytes === undefined ? '' : Buffer.from(bytes).toString()
      got.ended = true
    },
    destroy() {
      got.broken = true
    },
    untaken: () => (got.flowing ? 0 : 1),
    onDrain(callback) {
      onDrain = callback
    },
    onGone(callback) {
      onGone = callback
      if (gone) callback()
    },
  }
  return { got, outgoing }
}

function incomingOf(body: object, options: SendOptions, clock: VirtualClock): Incoming {
  const { path = '/v1/chat/completions', query = '', headers = {} } = options
  const route = findRoute('POST', path)
  if (route.to !== 'endpoint') throw new Error(`${path} is no endpoint`)
  return {
    method: 'POST',
    path,
    query,
    headers: { host: 'localhost', 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
    endpoint: route.endpoint,
    pathModel: route.model,
    loopback: true,
    ip: null,
    arrivedAtMs: clock.nowMs(),
    arrivedMonotonicMs: clock.monotonicMs(),
  }
}
