import type { ReplyEvent, Usage } from '../../core/reply.ts'
import type { ReplyContext, StreamWriter } from '../dialect.ts'
import { Chunks } from './chunks.ts'
import { writeFinish } from './finish-reason.ts'
import { writeGoogleSignature } from './google-signature.ts'
import { ReasoningShown } from './reasoning-shown.ts'
import { TextSpans } from './text-spans.ts'
import { toolCallStyle } from './tool-call-style.ts'
import { ToolCallsShown } from './tool-calls-shown.ts'
import { writeStreamError } from './write-error.ts'
import { annotation, image } from './write-reply.ts'

/** Writes a streamed reply as `chat.completion.chunk` events, ended by `[DONE]`. */
export function streamWriter(context: ReplyContext): StreamWriter {
  const style = toolCallStyle(context.requestBody)
  const chunks = new Chunks(context)
  const calls = new ToolCallsShown(style)
  const reasoning = new ReasoningShown()
  const spans = new TextSpans()
  let refusal = false
  let images = 0
  let usage: Usage | null = null

  const cite = (event: ReplyEvent & { type: 'citation' }): string => {
    const { start, end } = spans.of(event.block)
    return chunks.delta({ annotations: [annotation(event.url, event.title, start, end)] })
  }

  const end = (event: ReplyEvent & { type: 'reply-end' }): string => {
    const word = writeFinish(event.finish, { toolCalls: calls.any, refusal })
    return chunks.end(word === 'tool_calls' && style.legacy ? 'function_call' : word, usage)
  }

  const write = (event: ReplyEvent): string => {
    switch (event.type) {
      case 'reply-start':
        chunks.id = event.id ?? chunks.id
        return chunks.start()
      case 'text-delta':
        spans.grow(event.block, event.text.length)
        return chunks.delta({ content: event.text })
      case 'text-end':
        return chunks.delta(event.signature && writeGoogleSignature(event.signature))
      case 'citation':
        return cite(event)
      case 'reasoning-delta':
        return chunks.delta(reasoning.add(event.block, event.text))
      case 'reasoning-end':
        return chunks.delta(reasoning.end(event.block, event.signature, event.redacted))
      case 'refusal-delta':
        refusal = true
        return chunks.delta({ refusal: event.text })
      case 'tool-call-start':
        return chunks.delta(calls.start(event.block, event.id, event.name))
      case 'tool-call-delta':
        return chunks.delta(calls.add(event.block, event.input))
      case 'tool-call-end':
        return chunks.delta(calls.end(event.block, event.signature))
      case 'file':
        return chunks.delta({ images: [image(event.mediaType, event.base64, images++)] })
      case 'usage':
        usage = event.usage
        return ''
      case 'reply-end':
        return end(event)
      case 'reply-error':
        return writeStreamError(event.failure)
      default:
        return ''
    }
  }
  return { write }
}
