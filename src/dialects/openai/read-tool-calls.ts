import type { Signature } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { numberAt, objectAt, parseJson, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { readGoogleSignature } from './google-signature.ts'
import { stableCallId } from './stable-id.ts'

interface Call {
  readonly key: number | null
  /** As the provider sent it; empty where it sent none. */
  id: string
  name: string
  input: string
  signature: Signature | null
  /** null until the name is known: a call cannot be shown before. */
  block: number | null
  ended: boolean
}

/**
 * Puts tool calls together from their pieces, whatever of index, id and name a provider leaves out.
 */
export class ToolCalls {
  #calls: Call[] = []
  #nextBlock: () => number

  constructor(nextBlock: () => number) {
    this.#nextBlock = nextBlock
  }

  get any(): boolean {
    return this.#calls.length > 0
  }

  /** Takes one entry of `tool_calls`. `position` stands in for the index in whole replies. */
  take(
    entry: JsonValue,
    position: number | null,
    replyId: string | null,
    out: ReplyEvent[],
    beforeStart: () => void,
  ): void {
    const called = objectAt(entry, 'function') ?? objectAt(entry, 'custom')
    const id = stringAt(entry, 'id') ?? ''
    const name = stringAt(called ?? undefined, 'name') ?? ''
    const input = argumentsOf(called)
    const key = numberAt(entry, 'index') ?? position

    let call = this.#find(key, id, name, input)
    if (call === undefined) {
      // Snowflake writes empty values for a call that was not made.
      if (id === '' && name === '' && input === '') return
      this.settle(out)
      call = { key, id, name, input: '', signature: null, block: null, ended: false }
      this.#calls.push(call)
    }
    call.id ||= id
    call.name ||= name
    call.signature = readGoogleSignature(entry) ?? call.signature
    if (call.ended) return
    if (call.block === null && call.name !== '') {
      beforeStart()
      this.#start(call, replyId, out)
    }
    call.input += input
    if (call.block !== null && input !== '') {
      out.push({ type: 'tool-call-delta', block: call.block, input })
    }
  }

  /** Something else begins: ends the calls that are certainly complete. */
  settle(out: ReplyEvent[]): void {
    for (const call of this.#calls) {
      if (call.block !== null && isComplete(call.input)) end(call, out)
    }
  }

  /** The reply ends: ends all calls. */
  endAll(replyId: string | null, out: ReplyEvent[]): void {
    for (const call of this.#calls) {
      if (call.block === null) this.#start(call, replyId, out)
      end(call, out)
    }
  }

  #start(call: Call, replyId: string | null, out: ReplyEvent[]): void {
    const block = this.#nextBlock()
    call.block = block
    const id = call.id || stableCallId(replyId, this.#calls.indexOf(call), call.name)
    out.push({ type: 'tool-call-start', block, id, name: call.name })
    if (call.input !== '') out.push({ type: 'tool-call-delta', block, input: call.input })
  }

  #find(key: number | null, id: string, name: string, input: string): Call | undefined {
    if (key !== null) {
      const found = this.#calls.findLast((call) => call.key === key)
      return found !== undefined && isAnother(found, id, name, input) ? undefined : found
    }
    if (id !== '') return this.#calls.findLast((call) => call.id === id)
    return name === '' ? this.#calls.at(-1) : undefined
  }
}

/**
 * Gemini's endpoint gives parallel calls the same index, told apart by id, or with no id by a name.
 */
function isAnother(found: Call, id: string, name: string, input: string): boolean {
  if (name === '') return false
  if (id !== '' && found.id !== '') return id !== found.id
  return input !== '' && isComplete(found.input)
}

function isComplete(input: string): boolean {
  return input.trimEnd().endsWith('}') && parseJson(input) !== undefined
}

function end(call: Call, out: ReplyEvent[]): void {
  if (call.ended || call.block === null) return
  call.ended = true
  if (call.input === '') out.push({ type: 'tool-call-delta', block: call.block, input: '{}' })
  out.push({ type: 'tool-call-end', block: call.block, signature: call.signature })
}

/** Text as the standard has it; some providers send the object itself. */
function argumentsOf(called: JsonObject | null): string {
  const value = called?.['arguments'] ?? called?.['input']
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
