import type { JsonObject } from '../../core/json.ts'
import type { FinishReason, ReplyEvent, Usage } from '../../core/reply.ts'
import type { ReplyContext, StreamWriter } from '../dialect.ts'
import { sseEvent } from '../sse.ts'
import { type Citation, writeCitations } from './citations.ts'
import { finishWords } from './finish.ts'
import { writeUsage } from './usage.ts'
import { functionCallPart, inlineDataPart, textPart, thoughtPart } from './write-parts.ts'

interface BufferedCall {
  readonly id: string
  readonly name: string
  input: string
}

/**
 * Writes a streamed reply chunk by chunk. Each chunk has content with a part: @google/genai drops a
 * whole turn from its chat history when a single chunk has none. Tool calls are held until
 * complete, because clients take a `functionCall` as it comes; usage and links go with the last
 * chunk. Errors are written by `writeStreamError`.
 */
export function createStreamWriter(context: ReplyContext): StreamWriter {
  const calls = new Map<number, BufferedCall>()
  const citations: Citation[] = []
  const frame = createFraming(context.framing)
  let responseId = context.id
  let usage: Usage | null = null

  const chunk = (part: JsonObject, ending: JsonObject = {}): string =>
    frame.element({
      candidates: [{ content: { parts: [part], role: 'model' }, index: 0, ...ending }],
      ...(ending['finishReason'] !== undefined && usage && { usageMetadata: writeUsage(usage) }),
      modelVersion: context.model,
      responseId,
    })
  const lastChunk = (finish: FinishReason): string => {
    const links = citations.length > 0 && { groundingMetadata: writeCitations(citations) }
    return chunk(textPart(''), { finishReason: finishWords[finish], ...links })
  }
  const endCall = (event: Extract<ReplyEvent, { type: 'tool-call-end' }>): string => {
    const call = calls.get(event.block)
    calls.delete(event.block)
    return call === undefined ? '' : chunk(functionCallPart(call, event.signature))
  }

  return {
    write(event) {
      switch (event.type) {
        case 'reply-start':
          responseId = event.id ?? context.id
          return ''
        case 'text-delta':
        case 'refusal-delta':
          return event.text === '' ? '' : chunk(textPart(event.text))
        case 'text-end':
          return event.signature === null ? '' : chunk(textPart('', event.signature))
        case 'reasoning-delta':
          return event.text === '' ? '' : chunk(thoughtPart(event.text, null, false))
        case 'reasoning-end':
          return event.signature === null
            ? ''
            : chunk(thoughtPart('', event.signature, event.redacted))
        case 'tool-call-start':
          calls.set(event.block, { id: event.id, name: event.name, input: '' })
          return ''
        case 'tool-call-delta': {
          const call = calls.get(event.block)
          if (call !== undefined) call.input += event.input
          return ''
        }
        case 'tool-call-end':
          return endCall(event)
        case 'citation':
          citations.push({ url: event.url, title: event.title })
          return ''
        case 'file':
          return chunk(inlineDataPart(event.mediaType, event.base64))
        case 'usage':
          usage = event.usage
          return ''
        case 'reply-end':
          return lastChunk(event.finish) + frame.close()
        default:
          return ''
      }
    },
  }
}

interface Framing {
  element(body: JsonObject): string
  close(): string
}

function createFraming(framing: 'sse' | 'json-array'): Framing {
  if (framing === 'sse') {
    return { element: (body) => sseEvent(null, JSON.stringify(body)), close: () => '' }
  }
  let first = true
  return {
    element(body) {
      const before = first ? '[' : ',\r\n'
      first = false
      return before + JSON.stringify(body)
    },
    close: () => ']',
  }
}
