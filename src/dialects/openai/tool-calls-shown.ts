import type { Signature } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { writeGoogleSignature } from './google-signature.ts'
import { customInput, type ToolCallStyle } from './tool-call-style.ts'

interface Shown {
  readonly index: number
  readonly custom: boolean
  /** Input of a custom tool: its text can only be taken out of the complete JSON. */
  held: string
}

/** The tool calls of a streamed reply, as deltas in the style the client asked in. */
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
    this.#calls.set(block, { index, custom, held: '' })
    if (this.#style.legacy) {
      return index > 0 ? null : { function_call: { name, arguments: '' } }
    }
    const called = custom
      ? { type: 'custom', custom: { name, input: '' } }
      : { type: 'function', function: { name, arguments: '' } }
    return { tool_calls: [{ index, id, ...called }] }
  }

  add(block: number, input: string): JsonObject | null {
    const call = this.#calls.get(block)
    if (call === undefined || input === '') return null
    if (this.#style.legacy) {
      return call.index > 0 ? null : { function_call: { arguments: input } }
    }
    if (call.custom) {
      call.held += input
      return null
    }
    return { tool_calls: [{ index: call.index, function: { arguments: input } }] }
  }

  end(block: number, signature: Signature | null): JsonObject | null {
    const call = this.#calls.get(block)
    if (call === undefined || this.#style.legacy) return null
    const last = {
      ...(call.custom && { custom: { input: customInput(call.held) } }),
      ...writeGoogleSignature(signature),
    }
    return Object.keys(last).length === 0 ? null : { tool_calls: [{ index: call.index, ...last }] }
  }
}
