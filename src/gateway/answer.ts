import type { Catalog } from '../core/catalog.ts'
import type { Failure } from '../core/failure.ts'
import type { Request } from '../core/request.ts'
import type { DialectCodec } from '../dialects/dialect.ts'
import { limitsTold, type Story, stored, waybillOfRefusal } from './account.ts'
import type { Attempt } from './attempt.ts'
import { ownError } from './deliver.ts'
import { Delivery } from './delivery.ts'
import type { Ending } from './ending.ts'
import type { Outgoing } from './exchange.ts'
import { addLimitHeaders } from './limit-headers.ts'
import type { Ports } from './ports.ts'
import { addDecision, contentHeaders } from './reply-headers.ts'

/** The part of an answer that is ours: what it says of the decision, and a refusal before any attempt. */
export class Answer {
  /** Time of the gateway before the first attempt. */
  overheadMs = 0
  readonly #ports: Ports
  readonly #catalog: Catalog
  readonly #story: Story
  readonly #codec: DialectCodec
  readonly #outgoing: Outgoing

  constructor(
    { ports, catalog }: { readonly ports: Ports; readonly catalog: Catalog },
    story: Story,
    codec: DialectCodec,
    outgoing: Outgoing,
  ) {
    this.#ports = ports
    this.#catalog = catalog
    this.#story = story
    this.#codec = codec
    this.#outgoing = outgoing
  }

  /** Turned away at one of the steps: accounted like every other request, then told. */
  async refuse(refusal: Failure): Promise<void> {
    const { clock, ledger, telemetry } = this.#ports
    const story = this.#story
    const record = waybillOfRefusal(story, refusal, clock.monotonicMs())
    await stored(ledger, record)
    telemetry.finished(record)
    const [status, headers, body] = ownError(refusal, story.id, this.#codec)
    this.overheadMs = clock.monotonicMs() - story.incoming.arrivedMonotonicMs
    this.#addDecision(headers, null, 0, null)
    headers.push('content-length', String(body.length))
    this.#outgoing.head(status, headers)
    this.#outgoing.end(body)
  }

  /** The way to the client; its head waits for the attempt that answers. */
  delivery(request: Request): Delivery {
    return new Delivery(this.#outgoing, this.#ports.clock, (attempt, attempts) => {
      const headers = contentHeaders(attempt, request)
      this.#addDecision(headers, attempt, attempts, null)
      return headers
    })
  }

  /** For an answer whose whole story is known: adds to its headers who served it, and at what cost. */
  decisionOf({ final, attempts }: Ending, costNanoUsd: number | null): (headers: string[]) => void {
    return (headers) => this.#addDecision(headers, final, attempts.length, costNanoUsd)
  }

  /** `costNanoUsd` is null while it is not known: a stream has not ended when its headers go out. */
  #addDecision(
    headers: string[],
    attempt: Attempt | null,
    attempts: number,
    costNanoUsd: number | null,
  ): void {
    const { overheadMs } = this
    addDecision(headers, this.#story, { attempt, attempts, costNanoUsd, overheadMs })
    addLimitHeaders(headers, limitsTold(this.#story), this.#catalog.rateLimitHeaders)
  }
}
