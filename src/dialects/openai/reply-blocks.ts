import type { Signature } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { ToolCalls } from './read-tool-calls.ts'
import { addDetails, sealDetails, textOfDetails } from './reasoning-details.ts'

type Open =
  | { kind: 'text'; block: number; signature: Signature | null }
  | { kind: 'reasoning'; block: number; text: string; details: JsonObject[] }
  | { kind: 'refusal'; block: number }

/** Turns the pieces of a reply into blocks: numbers them, and ends one before the next begins. */
export class ReplyBlocks {
  refusal = false
  readonly #calls: ToolCalls
  #next = 0
  #open: Open | null = null
  #citations = new Map<string, string | null>()

  constructor() {
    this.#calls = new ToolCalls(() => this.#next++)
  }

  get toolCalls(): boolean {
    return this.#calls.any
  }

  text(text: string, out: ReplyEvent[]): void {
    if (text === '') return
    out.push({ type: 'text-delta', block: this.#textBlock(out), text })
  }

  /** A signature of the text that is open; one for no text at all has nothing to hang on. */
  signText(signature: Signature): void {
    if (this.#open?.kind === 'text') this.#open.signature = signature
  }

  /** Links are held until their text ends: some providers send them before it. */
  cite(url: string, title: string | null): void {
    this.#citations.set(url, title ?? this.#citations.get(url) ?? null)
  }

  /**
   * `shown` is the plain field beside the entries; both hold the same text, so only one is taken.
   * An entry may also repeat at its end what was shown in pieces.
   */
  reasoning(shown: string, details: readonly JsonValue[], out: ReplyEvent[]): void {
    const detailed = textOfDetails(details)
    if (shown === '' && detailed === '' && !details.some(isOpaque)) return
    const open = this.#reasoningBlock(out)
    const text = shown === '' && detailed !== open.text ? detailed : shown
    addDetails(open.details, details)
    open.text += text
    if (text !== '') out.push({ type: 'reasoning-delta', block: open.block, text })
  }

  refuse(text: string, out: ReplyEvent[]): void {
    if (text === '') return
    this.refusal = true
    if (this.#open?.kind !== 'refusal') {
      this.#closeOpen(out)
      this.#calls.settle(out)
      this.#open = { kind: 'refusal', block: this.#next++ }
    }
    out.push({ type: 'refusal-delta', block: this.#open.block, text })
  }

  toolCall(
    entry: JsonValue,
    position: number | null,
    replyId: string | null,
    out: ReplyEvent[],
  ): void {
    this.#calls.take(entry, position, replyId, out, () => this.#closeOpen(out))
  }

  file(mediaType: string, base64: string, out: ReplyEvent[]): void {
    this.#closeOpen(out)
    this.#calls.settle(out)
    out.push({ type: 'file', block: this.#next++, mediaType, base64 })
  }

  closeAll(replyId: string | null, out: ReplyEvent[]): void {
    this.#closeOpen(out)
    this.#calls.endAll(replyId, out)
  }

  #textBlock(out: ReplyEvent[]): number {
    if (this.#open?.kind !== 'text') {
      this.#closeOpen(out)
      this.#calls.settle(out)
      this.#open = { kind: 'text', block: this.#next++, signature: null }
      out.push({ type: 'text-start', block: this.#open.block })
    }
    return this.#open.block
  }

  #reasoningBlock(out: ReplyEvent[]): Open & { kind: 'reasoning' } {
    if (this.#open?.kind === 'reasoning') return this.#open
    this.#closeOpen(out)
    this.#calls.settle(out)
    const opened = { kind: 'reasoning' as const, block: this.#next++, text: '', details: [] }
    this.#open = opened
    out.push({ type: 'reasoning-start', block: opened.block })
    return opened
  }

  #closeOpen(out: ReplyEvent[]): void {
    const open = this.#open
    this.#open = null
    if (open?.kind === 'text') {
      for (const [url, title] of this.#citations) {
        out.push({ type: 'citation', block: open.block, url, title })
      }
      this.#citations.clear()
      out.push({ type: 'text-end', block: open.block, signature: open.signature })
    } else if (open?.kind === 'reasoning') {
      const signature = sealDetails(open.details, open.text)
      const redacted = open.text === '' && signature !== null
      out.push({ type: 'reasoning-end', block: open.block, signature, redacted })
    }
  }
}

function isOpaque(entry: JsonValue): boolean {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false
  const { signature, data } = entry
  return [signature, data].some((value) => typeof value === 'string' && value !== '')
}
