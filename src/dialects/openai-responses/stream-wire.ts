import type { JsonObject } from '../../core/json.ts'
import type { ReplyContext } from '../dialect.ts'
import { sseEvent } from '../sse.ts'
import { itemId } from './write-items.ts'

/** An output item that has begun. */
export interface OpenItem {
  readonly id: string
  readonly index: number
}

/** The events of one stream as wire text: numbers them and keeps the output they add up to. */
export class StreamWire {
  readonly #context: ReplyContext
  readonly #output: (JsonObject | null)[] = []
  #sequence = 0
  #text = ''

  constructor(context: ReplyContext) {
    this.#context = context
  }

  readonly nextSequence = (): number => this.#sequence++

  event(type: string, fields: JsonObject): void {
    const data = JSON.stringify({ type, sequence_number: this.nextSequence(), ...fields })
    this.#text += sseEvent(type, data)
  }

  raw(text: string): void {
    this.#text += text
  }

  /** Begins an item; `make` gets its id. */
  add(prefix: string, make: (id: string) => JsonObject): OpenItem {
    const index = this.#output.length
    const id = itemId(prefix, this.#context, index)
    this.#output.push(null)
    this.event('response.output_item.added', { output_index: index, item: make(id) })
    return { id, index }
  }

  finish({ index }: OpenItem, item: JsonObject): void {
    this.#output[index] = item
    this.event('response.output_item.done', { output_index: index, item })
  }

  /** The items that are complete. */
  output(): JsonObject[] {
    return this.#output.filter((item) => item !== null)
  }

  takeText(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}
