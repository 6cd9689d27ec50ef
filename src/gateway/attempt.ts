import type { AttemptRecord } from '../core/account/record.ts'
import { type Failure, failure } from '../core/failure.ts'
import type { RankedCandidate } from '../core/plan/plan.ts'
import type { ReplyEvent } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import type { ContinuablePipe } from '../dialects/continuation/kept-pipe.ts'
import type { SoFar } from '../dialects/continuation/so-far.ts'
import type { ReplyContext } from '../dialects/dialect.ts'
import type { ReplyPipe } from '../dialects/reply-pipe.ts'
import {
  createEventStream,
  createEventWhole,
  type EventPipe,
} from '../dialects/translated-pipes.ts'
import { attemptRecord } from './attempt-record.ts'
import { AttemptTimer, type Timed } from './attempt-timer.ts'
import { billedUsage } from './billed-usage.ts'
import { codecs } from './codecs.ts'
import { type OpenPipe, openPipe } from './open-pipe.ts'
import type {
  Clock,
  LanguageModelObserver,
  Ports,
  UpstreamExchange,
  UpstreamObserver,
} from './ports.ts'
import type { Prepared } from './prepare-call.ts'
import { TrailingWait } from './trailing-wait.ts'
import { headersWithoutSecret, withoutSecret } from './without-secret.ts'

/** What the provider answered with when it refused: given on unchanged where the dialect is the same. */
export interface UpstreamReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The way to the client, open. */
export interface Writer {
  /** The array stays the caller's. */
  write(bytes: readonly Uint8Array[]): void
}

export interface AttemptSink {
  /** The provider's headers came, whatever their status. */
  heard(headers: Readonly<Record<string, string>>, nowMs: number): void
  /** Real output is there: these bytes may go to the client, and all later ones to what is returned. */
  output(bytes: readonly Uint8Array[]): Writer
  /** The reply is complete; `tail` are its last bytes, not yet given out. */
  ended(tail: readonly Uint8Array[]): void
  failed(failure: Failure): void
  /** A fault of our own; `failed` follows. */
  threw(error: unknown): void
}

/** Error bodies are small; what is larger is cut. */
const maxPreambleBytes = 16 * 1024 * 1024
const maxErrorBytes = 256 * 1024
/** No reply is longer: a provider that never stops must not be listened to for ever. */
const maxReplyBytes = 256 * 1024 * 1024

/** One try at one target, from the request going out to the reply's end. */
export class Attempt implements UpstreamObserver, LanguageModelObserver, Timed {
  readonly candidate: RankedCandidate
  readonly startedMonotonicMs: number
  status: number | null = null
  headers: Readonly<Record<string, string>> = {}
  failure: Failure | null = null
  upstreamReply: UpstreamReply | null = null
  cancelled = false
  /** What could not be carried over to this target. */
  readonly dropped: string[]
  readonly #prepared: Prepared
  readonly #request: Request
  readonly #context: ReplyContext
  readonly #sink: AttemptSink
  readonly #openPipe: OpenPipe
  readonly #clock: Clock
  readonly #timer: AttemptTimer
  #exchange: UpstreamExchange | null = null
  #pipe: ReplyPipe | EventPipe | null = null
  #held: Uint8Array[] = []
  #receivedBytes = 0
  /** Where output goes once it has begun. */
  #writer: Writer | null = null
  #over = false
  #trailing: TrailingWait | null = null
  #headMonotonicMs: number | null = null
  /** Moves on with every byte: what the timer asks for when it fires. */
  heardMonotonicMs: number
  #firstOutputMonotonicMs: number | null = null
  /** null while it runs. */
  endedMonotonicMs: number | null = null
  #record: AttemptRecord | null = null

  constructor(
    ports: Ports,
    candidate: RankedCandidate,
    prepared: Prepared,
    request: Request,
    context: ReplyContext,
    sink: AttemptSink,
    open: OpenPipe = openPipe,
  ) {
    this.candidate = candidate
    this.dropped = [...prepared.warnings]
    this.#prepared = prepared
    this.#request = request
    this.#context = context
    this.#sink = sink
    this.#openPipe = open
    this.#clock = ports.clock
    this.startedMonotonicMs = ports.clock.monotonicMs()
    this.heardMonotonicMs = this.startedMonotonicMs
    const streaming = request.streaming !== null
    const { timeouts } = candidate
    this.#timer = new AttemptTimer(this, ports.clock, timeouts, streaming, this.startedMonotonicMs)
  }

  /** The provider's dialect is the client's: its errors may be shown as they are. */
  get passesThrough(): boolean {
    return this.#prepared.kind === 'http' && !this.#prepared.translated
  }

  get failureShown(): boolean {
    return this.#pipe?.failureShown() ?? false
  }

  start(ports: Ports): void {
    const prepared = this.#prepared
    if (prepared.kind === 'estimate') {
      this.#timer.stop()
      this.status = 200
      this.headers = { 'content-type': 'application/json' }
      this.#end([Buffer.from(JSON.stringify(prepared.body))])
    } else if (prepared.kind === 'sdk') {
      const client = codecs[this.#request.endpoint.dialect]
      this.#pipe =
        this.#request.streaming === null
          ? createEventWhole(client, this.#context)
          : createEventStream(client, this.#context)
      this.connected()
      this.#exchange = ports.languageModels.start(prepared.call, this)
    } else {
      const upstream = ports.upstreams.of(this.candidate.target.provider)
      this.#exchange = upstream.send(prepared.call, this)
    }
  }

  /**
   * A fault of our own on the way of a reply must end this attempt alone: thrown into a socket's, a
   * decompressor's or a timer's callback it would end the process, or be taken for the provider's.
   */
  #guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#broke(error)
    }
  }

  /** A reply we stumble over may be the only one of its kind: another target is worth asking. */
  #broke(error: unknown): void {
    this.#sink.threw(error)
    const message = 'The gateway failed on the reply of the provider; its log says why.'
    this.#fail(failure('internal', message, { retry: 'other' }))
  }

  pause(): void {
    this.#timer.pause()
    this.#exchange?.pause()
  }

  resume(): void {
    this.#timer.resume()
    this.#exchange?.resume()
  }

  /** Ends the attempt from our side: the client left, or another attempt won. */
  cancel(): void {
    if (this.#over) return
    this.cancelled = true
    this.#finish()
    this.#exchange?.abort()
  }

  expired(late: Failure): void {
    this.#guarded(() => this.#fail(late))
  }

  finishedQuietly(): void {
    this.#guarded(() => this.#closeQuietly())
  }

  connected(): void {
    this.#timer.connected()
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    try {
      this.#head(status, headers)
    } catch (error) {
      this.#broke(error)
    }
  }

  /** Called for every event of a stream: here above all no closure is made. */
  data(chunk: Uint8Array): void {
    try {
      this.#data(chunk)
    } catch (error) {
      this.#broke(error)
    }
  }

  events(events: readonly ReplyEvent[]): void {
    this.#guarded(() => this.#events(events))
  }

  warnings(warnings: readonly string[]): void {
    this.dropped.push(...warnings)
  }

  ended(): void {
    try {
      this.#ended()
    } catch (error) {
      this.#broke(error)
    }
  }

  failed(transport: Failure): void {
    this.#guarded(() => this.#failed(transport))
  }

  #head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#over || this.#prepared.kind !== 'http') return
    const nowMs = this.#clock.monotonicMs()
    this.#headMonotonicMs = nowMs
    this.heardMonotonicMs = nowMs
    this.#timer.heard()
    this.status = status
    this.headers = headers
    this.#sink.heard(headers, nowMs)
    if (status >= 300 && status < 400) {
      const problem = `The provider answered with a redirect (${status}), which is never followed.`
      this.#fail(failure('malformed_reply', problem, { upstreamStatus: status }))
    } else if (status < 300) {
      const type = headers['content-type'] ?? ''
      this.#pipe = this.#openPipe(this.#prepared, this.#request, this.#context, type)
    }
  }

  #data(chunk: Uint8Array): void {
    if (this.#over) return
    this.heardMonotonicMs = this.#clock.monotonicMs()
    this.#receivedBytes += chunk.length
    if (this.#pipe === null) {
      this.#held.push(chunk)
      if (this.#receivedBytes >= maxErrorBytes) this.#refused()
      return
    }
    if (this.#receivedBytes > maxReplyBytes) {
      this.#fail(failure('malformed_reply', 'The provider sent a reply that does not end.'))
      return
    }
    this.#pipe.push(chunk, this.#held)
    this.#trailing?.heard(chunk.length)
    this.#advance()
  }

  #events(events: readonly ReplyEvent[]): void {
    if (this.#over || this.#pipe === null || !('take' in this.#pipe)) return
    const nowMs = this.#clock.monotonicMs()
    this.heardMonotonicMs = nowMs
    if (this.#headMonotonicMs === null) {
      this.#headMonotonicMs = nowMs
      this.#timer.heard()
    }
    this.status ??= 200
    this.#pipe.take(events, this.#held)
    this.#advance()
  }

  #ended(): void {
    if (this.#over) return
    if (this.#pipe === null) {
      this.#refused()
      return
    }
    this.#pipe.end(this.#held)
    if (this.#writer !== null && this.failureShown && this.#held.length > 0) this.#give()
    const problem = this.#pipe.failure()
    if (problem !== null) this.#failWithReply(problem)
    else this.#end(this.#held)
  }

  #failed(transport: Failure): void {
    if (this.#over) return
    // What the reply had said of its end before the connection broke stands: that it failed, or is
    // complete.
    const told = this.#pipe?.failure() ?? null
    if (told !== null) this.#failWithReply(told)
    else if (this.#pipe?.state() === 'ended' || this.#pipe?.finished()) this.#closeQuietly()
    else this.#fail(transport)
  }

  /** Whether it is answered by ourselves: no target is asked. */
  get isEstimate(): boolean {
    return this.#prepared.kind === 'estimate'
  }

  /** What the client has seen of a reply that broke off; null where nobody could go on from it. */
  soFar(): SoFar | null {
    const pipe = this.#pipe
    return pipe !== null && isContinuable(pipe) ? pipe.soFar() : null
  }

  /** Its line in the waybill, written once it has ended. */
  record(arrivedMonotonicMs: number): AttemptRecord {
    this.#record ??= this.#written(arrivedMonotonicMs)
    return this.#record
  }

  #written(arrivedMonotonicMs: number): AttemptRecord {
    return attemptRecord(
      {
        target: this.candidate.target,
        result: this.cancelled ? 'cancelled' : this.failure === null ? 'success' : 'failure',
        failure: this.failure,
        status: this.status,
        free: this.isEstimate || this.#request.endpoint.operation === 'count-tokens',
        billed: billedUsage(this.#pipe?.tally() ?? null, this.#request, this.failure !== null),
        startedMs: this.startedMonotonicMs,
        headMs: this.#headMonotonicMs,
        firstOutputMs: this.#firstOutputMonotonicMs,
        endedMs: this.endedMonotonicMs ?? this.#clock.monotonicMs(),
      },
      arrivedMonotonicMs,
    )
  }

  #advance(): void {
    const pipe = this.#pipe
    if (pipe === null || this.#over) return
    switch (pipe.state()) {
      case 'waiting':
        if (this.#held.length > 0 && this.#receivedBytes > maxPreambleBytes) {
          this.#fail(failure('malformed_reply', 'The provider sent no output for too long.'))
        }
        break
      case 'failed':
        // What was passed on before the failure, the provider's own error event included, is shown.
        if (this.#writer !== null && this.#held.length > 0) this.#give()
        if (pipe.failureShown()) {
          // The provider's own words of failure may be two events: both are the client's.
          this.#awaitTrailing()
          break
        }
        this.#failWithReply(
          pipe.failure() ?? failure('malformed_reply', 'The reply cannot be read.'),
        )
        break
      case 'output':
        if (this.#held.length > 0) this.#give()
        if (pipe.finished()) this.#timer.finished()
        break
      case 'ended':
        this.#noteOutput()
        this.#awaitTrailing()
        break
    }
  }

  #awaitTrailing(): void {
    this.#trailing ??= new TrailingWait(this.#clock, () =>
      this.#guarded(() => this.#closeQuietly()),
    )
  }

  #give(): void {
    const held = this.#held
    if (this.failureShown) for (const [at, piece] of held.entries()) held[at] = this.#masked(piece)
    if (this.#writer === null) this.#begin()
    else this.#writer.write(held)
    held.length = 0
  }

  /** The first output: from here on the way of a reply is as short as it can be. */
  #begin(): void {
    this.#noteOutput()
    this.#timer.output()
    this.#pipe = settled(this.#pipe)
    this.#writer = this.#sink.output(this.#held)
  }

  #noteOutput(): void {
    this.#firstOutputMonotonicMs ??= this.#clock.monotonicMs()
  }

  /** Everything real has been said, but the provider does not close: take it as the end. */
  #closeQuietly(): void {
    if (this.#over) return
    this.#pipe?.end(this.#held)
    if (this.#writer !== null && this.failureShown && this.#held.length > 0) this.#give()
    const problem = this.#pipe?.failure()
    if (problem) this.#failWithReply(problem)
    else this.#end(this.#held)
    this.#exchange?.abort()
  }

  #refused(): void {
    const body = this.#masked(Buffer.concat(this.#held).subarray(0, maxErrorBytes))
    const { status } = this
    if (status === null || this.#prepared.kind !== 'http') return
    const headers = headersWithoutSecret(this.headers, this.#prepared.secret)
    this.upstreamReply = { status, headers, body }
    const text = Buffer.from(body).toString()
    const nowMs = this.#clock.nowMs()
    this.#fail(this.#prepared.codec.classifyFailure({ status, headers, body: text, nowMs }))
  }

  /** An error may echo the key it was sent. */
  #masked(bytes: Uint8Array): Uint8Array {
    return this.#prepared.kind === 'http' ? withoutSecret(bytes, this.#prepared.secret) : bytes
  }

  /** A reply with status 2xx that tells of its failure by itself reaches its client as it is. */
  #failWithReply(problem: Failure): void {
    const { status, headers } = this
    if (this.passesThrough && this.failureShown && status !== null) {
      this.upstreamReply ??= { status, headers, body: this.#masked(Buffer.concat(this.#held)) }
    }
    this.#fail(problem)
  }

  #end(tail: readonly Uint8Array[]): void {
    this.#finish()
    // Of a reply in one piece the output is the end.
    this.#firstOutputMonotonicMs ??= this.endedMonotonicMs
    this.#sink.ended(tail)
  }

  #fail(problem: Failure): void {
    if (this.#over) return
    this.failure = problem
    this.#finish()
    this.#exchange?.abort()
    this.#sink.failed(problem)
  }

  #finish(): void {
    this.#over = true
    this.endedMonotonicMs = this.#clock.monotonicMs()
    this.#timer.stop()
    this.#trailing?.stop()
  }
}

function settled(pipe: ReplyPipe | EventPipe | null): ReplyPipe | EventPipe | null {
  return pipe !== null && 'settled' in pipe ? (pipe.settled?.() ?? pipe) : pipe
}

function isContinuable(pipe: ReplyPipe | EventPipe): pipe is ContinuablePipe {
  return 'soFar' in pipe
}
