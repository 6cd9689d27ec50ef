import type { Failure } from './failure.ts'
import type {
  FinishReason,
  ReasoningReplyPart,
  RefusalReplyPart,
  Reply,
  ReplyEvent,
  ReplyPart,
  TextReplyPart,
  ToolCallReplyPart,
  Usage,
} from './reply.ts'

/** Adds events up to a whole reply; a `reply-error` among them is the outcome instead. */
export function collectReply(events: Iterable<ReplyEvent>): Reply | Failure {
  const blocks = new Map<number, ReplyPart>()
  let id: string | null = null
  let model: string | null = null
  let finish: FinishReason = 'other'
  let stopSequence: string | null = null
  let usage: Usage | null = null

  for (const event of events) {
    switch (event.type) {
      case 'reply-start':
        id = event.id
        model = event.model
        break
      case 'usage':
        usage = event.usage
        break
      case 'reply-end':
        finish = event.finish
        stopSequence = event.stopSequence
        break
      case 'reply-error':
        return event.failure
      case 'untranslated':
        break
      default:
        addToBlock(blocks, event)
    }
  }
  const parts = [...blocks.entries()].sort(([a], [b]) => a - b).map(([, part]) => part)
  return { id, model, parts, finish, stopSequence, usage }
}

type BlockEvent = Extract<ReplyEvent, { block: number }>

function addToBlock(blocks: Map<number, ReplyPart>, event: BlockEvent): void {
  switch (event.type) {
    case 'text-start':
      textAt(blocks, event.block)
      break
    case 'text-delta':
      textAt(blocks, event.block).text += event.text
      break
    case 'text-end':
      textAt(blocks, event.block).signature = event.signature
      break
    case 'citation':
      textAt(blocks, event.block).citations.push({ url: event.url, title: event.title })
      break
    case 'reasoning-start':
      reasoningAt(blocks, event.block)
      break
    case 'reasoning-delta':
      reasoningAt(blocks, event.block).text += event.text
      break
    case 'reasoning-end': {
      const part = reasoningAt(blocks, event.block)
      part.signature = event.signature
      part.redacted = event.redacted
      break
    }
    case 'refusal-delta':
      refusalAt(blocks, event.block).text += event.text
      break
    case 'tool-call-start': {
      const part = toolCallAt(blocks, event.block)
      part.id = event.id
      part.name = event.name
      break
    }
    case 'tool-call-delta':
      toolCallAt(blocks, event.block).input += event.input
      break
    case 'tool-call-end':
      toolCallAt(blocks, event.block).signature = event.signature
      break
    case 'file':
      blocks.set(event.block, {
        type: 'file',
        mediaType: event.mediaType,
        base64: event.base64,
      })
      break
  }
}

function textAt(blocks: Map<number, ReplyPart>, block: number): TextReplyPart {
  const known = blocks.get(block)
  if (known?.type === 'text') return known
  const fresh: TextReplyPart = { type: 'text', text: '', signature: null, citations: [] }
  blocks.set(block, fresh)
  return fresh
}

function reasoningAt(blocks: Map<number, ReplyPart>, block: number): ReasoningReplyPart {
  const known = blocks.get(block)
  if (known?.type === 'reasoning') return known
  const fresh: ReasoningReplyPart = {
    type: 'reasoning',
    text: '',
    signature: null,
    redacted: false,
  }
  blocks.set(block, fresh)
  return fresh
}

function refusalAt(blocks: Map<number, ReplyPart>, block: number): RefusalReplyPart {
  const known = blocks.get(block)
  if (known?.type === 'refusal') return known
  const fresh: RefusalReplyPart = { type: 'refusal', text: '' }
  blocks.set(block, fresh)
  return fresh
}

function toolCallAt(blocks: Map<number, ReplyPart>, block: number): ToolCallReplyPart {
  const known = blocks.get(block)
  if (known?.type === 'tool-call') return known
  const fresh: ToolCallReplyPart = {
    type: 'tool-call',
    id: '',
    name: '',
    input: '',
    signature: null,
  }
  blocks.set(block, fresh)
  return fresh
}
