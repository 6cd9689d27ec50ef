import type { JsonObject } from '../../core/json.ts'
import type { FinishReason, ReplyEvent, Usage } from '../../core/reply.ts'
import type { ReplyContext, StreamWriter } from '../dialect.ts'
import { type DeclaredTool, declaredTools } from './declared-tools.ts'
import { type MessageWriter, messageWriter, type TextWriter } from './stream-message.ts'
import { type ReasoningWriter, reasoningWriter, writeSignature } from './stream-reasoning.ts'
import { type ToolCallWriter, toolCallWriter } from './stream-tool-call.ts'
import { StreamWire } from './stream-wire.ts'
import { errorEvents } from './write-error.ts'
import { imageItem } from './write-items.ts'
import { endedResponse, openResponse, shownFinish, statusFor } from './write-response.ts'

/** Writes a stream of Responses events: what the official SDK adds up to the same reply. */
export function streamWriter(context: ReplyContext): StreamWriter {
  const writer = new ResponseStreamWriter(context)
  return {
    write(event) {
      writer.take(event)
      return writer.wire.takeText()
    },
  }
}

type BlockEvent = Extract<ReplyEvent, { block: number }>

class ResponseStreamWriter {
  readonly wire: StreamWire
  readonly #context: ReplyContext
  readonly #toolOf: (carried: string) => DeclaredTool
  readonly #texts = new Map<number, TextWriter>()
  readonly #reasonings = new Map<number, ReasoningWriter>()
  readonly #calls = new Map<number, ToolCallWriter>()
  /** Blocks of refusal, which no event ends. */
  readonly #refusals = new Map<number, TextWriter>()
  /** The message that further text joins; none once another kind of item has begun. */
  #message: MessageWriter | null = null
  #response: JsonObject | null = null
  #usage: Usage | null = null

  constructor(context: ReplyContext) {
    this.wire = new StreamWire(context)
    this.#context = context
    this.#toolOf = declaredTools(context.requestBody)
  }

  take(event: ReplyEvent): void {
    switch (event.type) {
      case 'reply-start':
        this.#start(event.id)
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'reply-end':
        this.#end(shownFinish(event.finish, this.#refusals.size > 0))
        break
      case 'reply-error': {
        const response = { ...this.#start(null), output: this.wire.output() }
        this.wire.raw(errorEvents(event.failure, response, this.wire.nextSequence))
        break
      }
      case 'untranslated':
        break
      default:
        this.#start(null)
        this.#takeBlock(event)
    }
  }

  #start(id: string | null): JsonObject {
    if (this.#response !== null) return this.#response
    const response = openResponse(this.#context, id)
    this.#response = response
    this.wire.event('response.created', { response })
    this.wire.event('response.in_progress', { response })
    return response
  }

  #takeBlock(event: BlockEvent): void {
    switch (event.type) {
      case 'text-start':
      case 'reasoning-start':
        // Begun with the first piece: an empty block would be an empty item.
        break
      case 'text-delta':
        this.#text(event.block).delta(event.text)
        break
      case 'citation':
        this.#text(event.block).cite(event.url, event.title)
        break
      case 'text-end':
        this.#texts.get(event.block)?.end()
        if (event.signature !== null) {
          this.#closeMessage()
          writeSignature(this.wire, event.signature, { kind: 'text' })
        }
        break
      case 'refusal-delta':
        this.#refusal(event.block).delta(event.text)
        break
      case 'reasoning-delta':
        this.#reasoning(event.block).delta(event.text)
        break
      case 'reasoning-end':
        if (event.signature !== null || this.#reasonings.has(event.block)) {
          this.#reasoning(event.block).end(event.signature, event.redacted)
        }
        this.#reasonings.delete(event.block)
        break
      case 'tool-call-start':
        this.#closeMessage()
        this.#calls.set(event.block, toolCallWriter(this.wire, event.id, this.#toolOf(event.name)))
        break
      case 'tool-call-delta':
        this.#calls.get(event.block)?.delta(event.input)
        break
      case 'tool-call-end':
        this.#calls.get(event.block)?.end(event.signature)
        this.#calls.delete(event.block)
        break
      case 'file':
        this.#file(event.mediaType, event.base64)
        break
    }
  }

  #text(block: number): TextWriter {
    const known = this.#texts.get(block)
    if (known !== undefined) return known
    this.#endRefusals()
    this.#message ??= messageWriter(this.wire)
    const text = this.#message.openText()
    this.#texts.set(block, text)
    return text
  }

  #refusal(block: number): TextWriter {
    const known = this.#refusals.get(block)
    if (known !== undefined) return known
    this.#endRefusals()
    this.#message ??= messageWriter(this.wire)
    const refusal = this.#message.openRefusal()
    this.#refusals.set(block, refusal)
    return refusal
  }

  #reasoning(block: number): ReasoningWriter {
    const known = this.#reasonings.get(block)
    if (known !== undefined) return known
    this.#closeMessage()
    const reasoning = reasoningWriter(this.wire)
    this.#reasonings.set(block, reasoning)
    return reasoning
  }

  #file(mediaType: string, base64: string): void {
    if (imageItem('', mediaType, base64) === null) return
    this.#closeMessage()
    const begun = (id: string) => ({
      id,
      type: 'image_generation_call',
      status: 'in_progress',
      result: null,
    })
    const item = this.wire.add('ig', begun)
    this.wire.finish(item, imageItem(item.id, mediaType, base64) ?? {})
  }

  #endRefusals(): void {
    for (const refusal of this.#refusals.values()) refusal.end()
  }

  #closeMessage(): void {
    this.#endRefusals()
    this.#message?.close('completed')
    this.#message = null
  }

  #end(finish: FinishReason): void {
    const response = this.#start(null)
    for (const text of this.#texts.values()) text.end()
    for (const reasoning of this.#reasonings.values()) reasoning.end(null, false)
    for (const call of this.#calls.values()) call.end(null)
    this.#endRefusals()
    this.#message?.close(statusFor(finish))
    const ended = endedResponse(response, {
      output: this.wire.output(),
      finish,
      usage: this.#usage,
    })
    this.wire.event(`response.${statusFor(finish)}`, { response: ended })
  }
}
