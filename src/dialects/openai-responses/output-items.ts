import type { Signature } from '../../core/conversation.ts'
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { signaturesOfCalls } from './call-signatures.ts'
import { messageReader } from './read-message-item.ts'
import { otherReader } from './read-other-item.ts'
import { reasoningReader } from './read-reasoning-item.ts'
import { toolCallReader } from './read-tool-call-item.ts'
import type { ItemReader, ReplyOutput, TextKind } from './reply-output.ts'

interface Item {
  readonly id: string | null
  readonly index: number | null
  readonly type: string
  readonly reader: ItemReader
  done: boolean
}

/** The output items of one reply, found again by whichever of id and position is kept. */
export class OutputItems {
  tools = false
  refused = false
  readonly #items: Item[] = []
  readonly #output: ReplyOutput
  #events: ReplyEvent[] = []
  #blocks = 0

  constructor() {
    this.#output = {
      emit: (event) => {
        if (event.type === 'tool-call-start') this.tools = true
        if (event.type === 'refusal-delta') this.refused = true
        this.#events.push(event)
      },
      nextBlock: () => this.#blocks++,
      callSignatures: new Map<string, Signature>(),
    }
  }

  /** The events since the last call. */
  takeEvents(): ReplyEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  added(item: JsonObject, index: number | null): void {
    this.#add(item, index)
  }

  done(wire: JsonObject, index: number | null): void {
    const alike = this.#items.filter((item) => item.type === typeOf(wire))
    const open = alike.filter((item) => !item.done)
    const name = { id: idOf(wire), index }
    const item = sameId(alike, name) ?? near(open, name) ?? this.#add(wire, index)
    item.reader.done(wire)
    item.done = true
  }

  /** The reader of the item an event speaks of, made if its beginning was never told. */
  readerFor(event: JsonObject, kind: TextKind): ItemReader {
    const name = { id: stringAt(event, 'item_id'), index: numberAt(event, 'output_index') }
    const taking = this.#items.filter((item) => item.reader.takes(kind))
    const open = taking.filter((item) => !item.done)
    const item = sameId(taking, name) ?? near(open, name) ?? sameIndex(taking, name.index)
    return (item ?? this.#add({ type: typeFor(kind), id: name.id }, name.index)).reader
  }

  /** The complete output at the end of a stream: gives whatever its events have left out. */
  complete(response: JsonObject): void {
    const output = arrayAt(response, 'output')
    const unclaimed = new Set(this.#items)
    for (const [callId, signature] of signaturesOfCalls(output)) {
      this.#output.callSignatures.set(callId, signature)
    }
    for (const [index, wire] of output.entries()) {
      if (!isObject(wire)) continue
      const alike = [...unclaimed].filter((item) => item.type === typeOf(wire))
      const name = { id: idOf(wire), index }
      const item = sameId(alike, name) ?? sameIndex(alike, index) ?? alike[0]
      const known = item ?? this.#add(wire, index)
      unclaimed.delete(known)
      if (!known.done) known.reader.done(wire)
      known.done = true
    }
    this.close()
  }

  close(): void {
    for (const item of this.#items) {
      if (!item.done) item.reader.close()
      item.done = true
    }
  }

  #add(wire: JsonObject, index: number | null): Item {
    const type = typeOf(wire)
    const reader = readerOf(this.#output, type, wire)
    const item = { id: idOf(wire), index, type, reader, done: false }
    this.#items.push(item)
    return item
  }
}

/** How an event names its item. Providers leave out either, change ids midway or count wrongly. */
interface ItemName {
  readonly id: string | null
  readonly index: number | null
}

function sameId(items: readonly Item[], { id, index }: ItemName): Item | undefined {
  if (id === null || id === '') return undefined
  const same = items.filter((item) => item.id === id)
  return same.find((item) => item.index === index) ?? same[0]
}

function sameIndex(items: readonly Item[], index: number | null): Item | undefined {
  return index === null ? undefined : items.find((item) => item.index === index)
}

/** By position; without one to go by, the item that was opened last. */
function near(items: readonly Item[], { id, index }: ItemName): Item | undefined {
  const unnamed = (item: Item) =>
    id === null || index === null || item.id === null || item.index === null
  return sameIndex(items, index) ?? items.findLast(unnamed)
}

const typeOf = (item: JsonObject): string => stringAt(item, 'type') ?? ''
const idOf = (item: JsonObject): string | null => stringAt(item, 'id')

function readerOf(output: ReplyOutput, type: string, item: JsonObject): ItemReader {
  switch (type) {
    case 'message':
      return messageReader(output)
    case 'reasoning':
      return reasoningReader(output)
    case 'function_call':
    case 'custom_tool_call':
      return toolCallReader(output, item)
    default:
      return otherReader(output, item)
  }
}

function typeFor(kind: TextKind): string {
  if (kind === 'arguments') return 'function_call'
  return kind === 'reasoning' || kind === 'summary' ? 'reasoning' : 'message'
}
