import type { Dispatcher } from 'undici'
import { failure } from '../../core/failure.ts'
import { newHeaderMap } from '../../core/header-map.ts'
import type { UpstreamCall, UpstreamExchange, UpstreamObserver } from '../../gateway/ports.ts'
import { createDecoder, type Decoder } from './decode.ts'
import { errorCode, transportFailure } from './failures.ts'
import type { Dialling, SocketReuse, Tracked } from './socket-reuse.ts'

const aborted = new Error('aborted by the gateway')

/** More idle connections than these do not close in the very moment they are taken. */
const maxRepeats = 4

/** One request and its reply: undici's dispatch callbacks turned into the observer's. */
export class Exchange implements UpstreamExchange, Tracked, Dispatcher.DispatchHandler {
  connectionReused = false
  dialling: Dialling | null = null
  readonly #call: UpstreamCall
  readonly #observer: UpstreamObserver
  readonly #dispatcher: Dispatcher
  readonly #reuse: SocketReuse
  #controller: Dispatcher.DispatchController | null = null
  #decoder: Decoder | null = null
  #headSeen = false
  #over = false
  #paused = false
  #repeats = 0

  constructor(
    call: UpstreamCall,
    observer: UpstreamObserver,
    dispatcher: Dispatcher,
    reuse: SocketReuse,
  ) {
    this.#call = call
    this.#observer = observer
    this.#dispatcher = dispatcher
    this.#reuse = reuse
  }

  dispatch(): void {
    const { path, method, headers, body } = this.#call
    const [first] = body
    const whole = body.length === 1 && first !== undefined ? first : Buffer.concat(body)
    this.connectionReused = false
    this.dialling = null
    this.#reuse.dispatching(this)
    try {
      this.#dispatcher.dispatch({ path, method, headers: headers.slice(), body: whole }, this)
    } finally {
      this.#reuse.dispatching(null)
    }
  }

  pause(): void {
    this.#paused = true
    this.#controller?.pause()
    this.#decoder?.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#over) return
    this.#controller?.resume()
    this.#decoder?.resume()
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#decoder?.destroy()
    if (this.#controller === null) this.dialling?.destroy(aborted)
    else this.#controller.abort(aborted)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) controller.abort(aborted)
    else this.#observer.connected()
    if (!this.#over) this.#reuse.starting(this)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#over || status < 200) return
    this.#headSeen = true
    const encoding = headers['content-encoding']
    if (encoding !== undefined && String(encoding).toLowerCase() !== 'identity') {
      this.#decoder = createDecoder(String(encoding), {
        data: (chunk) => this.#give(chunk),
        end: () => this.#finish(),
        fail: (problem) => this.#fail(failure('malformed_reply', problem)),
      })
    }
    this.#observer.head(status, joined(headers))
    if (this.#paused) this.#controller?.pause()
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#decoder !== null) this.#decoder.write(chunk)
    else this.#give(chunk)
  }

  onResponseEnd(): void {
    if (this.#decoder !== null) this.#decoder.end()
    else this.#finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return
    const code = errorCode(error)
    const lostRace = code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
    if (lostRace && !this.#headSeen && this.connectionReused && this.#repeats < maxRepeats) {
      this.#repeats += 1
      this.#controller = null
      // Not at once: word may be here already that the next idle connection is closed as well.
      setImmediate(() => {
        if (!this.#over) this.dispatch()
      })
      return
    }
    this.#fail(transportFailure(error, this.#headSeen))
  }

  #give(chunk: Uint8Array): void {
    if (!this.#over) this.#observer.data(chunk)
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#observer.ended()
  }

  #fail(problem: ReturnType<typeof failure>): void {
    if (this.#over) return
    this.#over = true
    this.#decoder?.destroy()
    this.#controller?.abort(aborted)
    this.#observer.failed(problem)
  }
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain = newHeaderMap()
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) plain[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return plain
}
