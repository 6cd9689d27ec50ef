import type { Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { writeGoogleSignature } from './google-signature.ts'
import { customInput, type ToolCallStyle } from './tool-call-style.ts'

interface Shown {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly custom: boolean
  /** False while it is held back. */
  shown: boolean
  /** Input held back with it. */
  held: string
}

/**
 * The tool calls of a streamed reply, as deltas in the style the client asked in. A call is held back
 * until its second piece: one that comes at once (Gemini) ends with its signature, which clients look
 * for beside the name. Input of a custom tool is held to its end, to be taken out of complete JSON.
 */
export class ToolCallsShown {
  readonly #style: ToolCallStyle
  readonly #calls = new Map<number, Shown>()

  constructor(style: ToolCallStyle) {
    this.#style = style
  }

  get any(): boolean {
    return this.#calls.size > 0
  }

  start(block: number, id: string, name: string): JsonObject | null {
    const custom = this.#style.custom.has(name)
    const index = this.#calls.size
    this.#calls.set(block, { index, id, name, custom, shown: false, held: '' })
    if (!this.#style.legacy || index > 0) return null
    return { function_call: { name, arguments: '' } }
  }

  add(block: number, input: string): JsonObject | null {
    const call = this.#calls.get(block)
    if (call === undefined || input === '') return null
    if (this.#style.legacy) {
      return call.index > 0 ? null : { function_call: { arguments: input } }
    }
    if (call.shown) return { tool_calls: [{ index: call.index, function: { arguments: input } }] }
    const second = call.held !== ''
    call.held += input
    return second && !call.custom ? show(call, null) : null
  }

  end(block: number, signature: Signature | null): JsonObject | null {
    const call = this.#calls.get(block)
    if (call === undefined || this.#style.legacy) return null
    if (!call.shown) return show(call, signature)
    if (signature === null) return null
    const last = { index: call.index, function: { arguments: '' } }
    return { tool_calls: [{ ...last, ...writeGoogleSignature(signature) }] }
  }
}

function show(call: Shown, signature: Signature | null): JsonObject {
  call.shown = true
  const { index, id, name, custom, held } = call
  const called = custom
    ? { type: 'custom', custom: { name, input: customInput(held) } }
    : { type: 'function', function: { name, arguments: held } }
  return { tool_calls: [{ index, id, ...called, ...writeGoogleSignature(signature) }] }
}
