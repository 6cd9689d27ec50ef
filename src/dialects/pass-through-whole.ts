import { failure } from '../core/failure.ts'
import { isObject, type JsonObject, type JsonValue, parseJson } from '../core/json.ts'
import type { Operation } from '../core/request.ts'
import { concatenate } from './bytes.ts'
import type { DialectCodec, Members, ReplyFacts } from './dialect.ts'
import type { ReplyPipe } from './reply-pipe.ts'
import { ReplyWatch, stateOf } from './reply-watch.ts'

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
export function createPassThroughWhole(options: PassThroughWholeOptions): ReplyPipe {
  const { codec, operation, json } = options
  const watch = new ReplyWatch()
  let failureShown = false
  let held: Uint8Array[] = []
  let heldBytes = 0
  let tail: Uint8Array = new Uint8Array(0)

  const release = (out: Uint8Array[]) => {
    out.push(...held)
    held = []
    heldBytes = 0
  }

  const pushLarge = (chunk: Uint8Array, out: Uint8Array[]) => {
    release(out)
    held.push(chunk)
    if (json) tail = lastBytes(tail, chunk)
  }

  const endSmall = () => {
    const body = concatenate(held, heldBytes)
    if (!json) {
      if (body.length === 0) watch.fail(malformed('an empty body'))
      else watch.see([{ type: 'reply-end', finish: 'stop', stopSequence: null }])
      return
    }
    const facts = inspect(codec, operation, body)
    watch.count(facts.usage)
    if (facts.failure !== null) watch.fail(facts.failure)
    else watch.see([{ type: 'reply-end', finish: 'stop', stopSequence: null }])
  }

  const endLarge = () => {
    if (json && !endsLikeJson(tail)) {
      watch.fail(failure('truncated', 'The provider ended the reply before it was complete.'))
      return
    }
    if (json) watch.count(codec.inspectReply(operation, tailMembers(tail)).usage)
    watch.see([{ type: 'reply-end', finish: 'stop', stopSequence: null }])
  }

  return {
    push(chunk, out) {
      if (watch.state === 'output') {
        pushLarge(chunk, out)
        return
      }
      held.push(chunk)
      heldBytes += chunk.length
      if (heldBytes <= holdBackBytes) return
      const start = concatenate(held, heldBytes)
      if (json && !startsLikeJson(start)) {
        watch.fail(malformed('a body that is not JSON'))
        return
      }
      watch.state = 'output'
      held = [start]
      if (json) tail = lastBytes(tail, start)
    },
    end(out) {
      if (watch.state === 'waiting') endSmall()
      else if (watch.state === 'output') endLarge()
      // A refusal of the request itself (a blocked prompt) is an answer the client understands.
      if (watch.failure?.fault === 'caller') failureShown = true
      if (watch.state === 'ended' || failureShown) release(out)
    },
    ...stateOf(watch),
    failureShown: () => failureShown,
  }
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

function lastBytes(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (chunk.length >= tailBytes) return chunk.slice(chunk.length - tailBytes)
  const keep = before.subarray(Math.max(0, before.length + chunk.length - tailBytes))
  return concatenate([keep, chunk], keep.length + chunk.length)
}

function malformed(what: string) {
  return failure('malformed_reply', `The provider answered with ${what}.`)
}
