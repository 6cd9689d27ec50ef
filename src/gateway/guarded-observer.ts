import type { Failure } from '../core/failure.ts'
import type { ReplyEvent } from '../core/reply.ts'
import type { LanguageModelObserver, UpstreamObserver } from './ports.ts'

type Observer = UpstreamObserver & LanguageModelObserver

/**
 * Passes on what a provider does. A fault of our own on the way must end this attempt alone: thrown
 * into a socket's, a decompressor's or a timer's callback it would end the process, or be taken for a
 * fault of the provider.
 */
export class GuardedObserver implements Observer {
  readonly #inner: Observer
  readonly #threw: (error: unknown) => void

  constructor(inner: Observer, threw: (error: unknown) => void) {
    this.#inner = inner
    this.#threw = threw
  }

  connected(): void {
    try {
      this.#inner.connected()
    } catch (error) {
      this.#threw(error)
    }
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    try {
      this.#inner.head(status, headers)
    } catch (error) {
      this.#threw(error)
    }
  }

  data(chunk: Uint8Array): void {
    try {
      this.#inner.data(chunk)
    } catch (error) {
      this.#threw(error)
    }
  }

  events(events: readonly ReplyEvent[]): void {
    try {
      this.#inner.events(events)
    } catch (error) {
      this.#threw(error)
    }
  }

  warnings(warnings: readonly string[]): void {
    this.#inner.warnings(warnings)
  }

  ended(): void {
    try {
      this.#inner.ended()
    } catch (error) {
      this.#threw(error)
    }
  }

  failed(failure: Failure): void {
    try {
      this.#inner.failed(failure)
    } catch (error) {
      this.#threw(error)
    }
  }
}
