import { failure } from '../core/failure.ts'
import { isObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts'
import type { ReplyEvent } from '../core/reply.ts'
import type { Operation } from '../core/request.ts'
import { concatenate } from './bytes.ts'
import type { DialectCodec, Members, ReplyFacts } from './dialect.ts'
import type { ReplyPipe } from './reply-pipe.ts'
import { WatchedPipe } from './watched-pipe.ts'

/** A reply up to this size is checked whole before the client sees any of it. */
export const holdBackBytes = 64 * 1024
/** Where the usage of a larger reply is looked for: providers write it last. */
const tailBytes = 8 * 1024

const decoder = new TextDecoder()

export interface PassThroughWholeOptions {
  readonly codec: DialectCodec
  readonly operation: Operation
  /** False for replies that are no JSON by their nature: speech, transcripts as text. */
  readonly json: boolean
}

/**
 * Hands a whole reply on byte for byte. Up to 64 KiB it is held until complete, so that an error with
 * status 200 or a cut body can still fail over; beyond that all but the latest piece has gone.
 */
class PassThroughWhole extends WatchedPipe {
  readonly #options: PassThroughWholeOptions
  #held: Uint8Array[] = []
  #heldBytes = 0
  #tail: Uint8Array | null = null

  constructor(options: PassThroughWholeOptions) {
    super()
    this.#options = options
  }

  push(chunk: Uint8Array, out: Uint8Array[]): void {
    if (this.watch.state === 'output') {
      this.#release(out)
      this.#held.push(chunk)
      this.#passing(chunk)
      return
    }
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes > holdBackBytes) this.#letGo()
  }

  end(out: Uint8Array[]): void {
    if (this.watch.state === 'waiting') this.#endSmall()
    else if (this.watch.state === 'output') this.#endLarge()
    // A refusal of the request itself (a blocked prompt) is an answer the client understands.
    if (this.watch.failure?.fault === 'caller') this.shown = true
    if (this.watch.state === 'ended' || this.shown) this.#release(out)
  }

  /** Too large to hold: from here on it flows. */
  #letGo(): void {
    const start = concatenate(this.#held, this.#heldBytes)
    if (this.#options.json && startsLikeJson(start) === null) {
      this.watch.fail(malformed('a body that is not JSON'))
      return
    }
    this.watch.state = 'output'
    this.#held = [start]
    this.#passing(start)
  }

  #endSmall(): void {
    const body = concatenate(this.#held, this.#heldBytes)
    const { codec, operation, json } = this.#options
    if (json) {
      const facts = inspect(codec, operation, body)
      this.watch.count(facts.usage)
      if (facts.failure !== null) this.watch.fail(facts.failure)
      // Where none are reported we count the tokens ourselves, by what the reply says.
      else if (operation === 'chat' && !facts.usage?.outputTokens) {
        this.watch.see(outputIn(codec, body))
      }
    } else if (body.length === 0) {
      this.watch.fail(malformed('an empty body'))
    }
    this.#finish()
  }

  #endLarge(): void {
    const { codec, operation, json } = this.#options
    if (json) {
      const tail = this.#tail ?? new Uint8Array(0)
      if (!endsLikeJson(tail)) {
        this.watch.fail(
          failure('truncated', 'The provider ended the reply before it was complete.'),
        )
      }
      this.watch.count(codec.inspectReply(operation, tailMembers(tail)).usage)
    }
    this.#finish()
  }

  #finish(): void {
    if (this.watch.state !== 'failed') this.watch.see(ended)
  }

  #release(out: Uint8Array[]): void {
    out.push(...this.#held)
    this.#held = []
  }

  #passing(chunk: Uint8Array): void {
    const { json, operation } = this.#options
    if (json) this.#tail = lastBytes(this.#tail, chunk)
    // Not read, but counted: a reply that is cut off tells no usage.
    if (operation === 'chat' || operation === 'completion') this.watch.skip(chunk.length)
  }
}

const ended = [{ type: 'reply-end', finish: 'stop', stopSequence: null }] as const

export function createPassThroughWhole(options: PassThroughWholeOptions): ReplyPipe {
  return new PassThroughWhole(options)
}

/**
 * A reply this small is parsed whole: the engine's own parser is several times faster than a scan. A
 * JSON array (some rerankers answer with one) has no members to look at and is taken as it is.
 */
function inspect(codec: DialectCodec, operation: Operation, body: Uint8Array): ReplyFacts {
  const value = parseJson(decoder.decode(body))
  if (isObject(value)) return codec.inspectReply(operation, membersOfObject(value))
  if (Array.isArray(value)) return { usage: null, failure: null }
  const what = body.length === 0 ? 'an empty body' : 'a body that is not JSON'
  return { usage: null, failure: malformed(what) }
}

function membersOfObject(body: JsonObject): Members {
  return { has: (name) => body[name] !== undefined, get: (name) => body[name] }
}

/**
 * Members that can be read from the end of a large reply: only usage. Searched from the back, because
 * text further up may hold the same words.
 */
function tailMembers(tail: Uint8Array): Members {
  const text = decoder.decode(tail)
  return {
    has: () => true,
    get: (name): JsonValue | undefined => {
      if (name !== 'usage' && name !== 'usageMetadata') return undefined
      const at = text.lastIndexOf(`"${name}"`)
      const open = at < 0 ? -1 : text.indexOf('{', at)
      return open < 0 ? undefined : parseJson(balanced(text, open))
    },
  }
}

function outputIn(codec: DialectCodec, body: Uint8Array): readonly ReplyEvent[] {
  const events = codec.readReply(parseJson(decoder.decode(body)) ?? null)
  return events.filter(({ type }) => type !== 'reply-end' && type !== 'reply-error')
}

/** From an opening brace to its closing one. Usage objects hold no braces inside strings. */
function balanced(text: string, open: number): string {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return text.slice(open, at + 1)
  }
  return ''
}

function startsLikeJson(bytes: Uint8Array): '{' | '[' | null {
  const first = bytes.find((byte) => byte > 0x20)
  if (first === 0x7b) return '{'
  return first === 0x5b ? '[' : null
}

function endsLikeJson(bytes: Uint8Array): boolean {
  const last = bytes.findLast((byte) => byte > 0x20)
  return last === 0x7d || last === 0x5d
}

function lastBytes(before: Uint8Array | null, chunk: Uint8Array): Uint8Array {
  if (before === null || chunk.length >= tailBytes) {
    return chunk.slice(Math.max(0, chunk.length - tailBytes))
  }
  const keep = before.subarray(Math.max(0, before.length + chunk.length - tailBytes))
  return concatenate([keep, chunk], keep.length + chunk.length)
}

function malformed(what: string) {
  return failure('malformed_reply', `The provider answered with ${what}.`)
}
