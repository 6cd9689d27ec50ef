import type { AssistantPart, Message, ToolResultPart } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { buildAssistantPart } from './build-assistant.ts'
import { buildContent, cacheMark, textBlock } from './build-content.ts'
import { type Notes, warn } from './notes.ts'
import { toWireId } from './tool-ids.ts'

export interface BuiltMessages {
  readonly system: JsonObject[]
  readonly messages: JsonObject[]
  /** A file is named by its id, which Anthropic takes under a beta header only. */
  readonly filesById: boolean
}

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: JsonObject[]
}

/**
 * Anthropic's turns: user and assistant by turns, beginning with the user, the rest in `system`.
 */
export function buildMessages(notes: Notes, messages: readonly Message[]): BuiltMessages {
  const system: JsonObject[] = []
  const turns: Turn[] = []
  messages.forEach((message, index) => {
    if (message.role === 'system') {
      const blocks = message.content.flatMap(textBlock)
      if (turns.length > 0 && blocks.length > 0) {
        warn(notes, 'System messages between the turns were moved to the beginning.')
      }
      system.push(...blocks)
      return
    }
    const path = `messages.${index}.content`
    if (message.role === 'assistant')
      append(turns, 'assistant', assistantBlocks(notes, message.content))
    else append(turns, 'user', userBlocks(notes, message, path))
  })
  settle(notes, system, turns)
  return {
    system,
    messages: turns.map(({ role, content }) => ({ role, content: simplest(content) })),
    filesById: messages.some(namesFile),
  }
}

function append(turns: Turn[], role: Turn['role'], blocks: readonly JsonObject[]): void {
  if (blocks.length === 0) return
  const last = turns.at(-1)
  if (last?.role === role) last.content.push(...blocks)
  else turns.push({ role, content: [...blocks] })
}

function assistantBlocks(notes: Notes, parts: readonly AssistantPart[]): JsonObject[] {
  return parts.flatMap((part) => buildAssistantPart(notes, part))
}

function userBlocks(
  notes: Notes,
  message: Extract<Message, { role: 'user' | 'tool' }>,
  path: string,
): JsonObject[] {
  if (message.role === 'user') return buildContent(notes, message.content, path)
  return message.content.map((part, index) => toolResult(notes, part, `${path}.${index}`))
}

function toolResult(notes: Notes, part: ToolResultPart, path: string): JsonObject {
  const blocks = buildContent(notes, part.content, `${path}.content`)
  return {
    type: 'tool_result',
    tool_use_id: toWireId(part.callId),
    ...(blocks.length === 0 ? {} : { content: simplest(blocks) }),
    ...(part.isError ? { is_error: true } : {}),
    ...cacheMark(part),
  }
}

/** Puts right what other dialects allow and Anthropic refuses. */
function settle(notes: Notes, system: JsonObject[], turns: Turn[]): void {
  if (turns.length === 0 && system.length > 0) {
    warn(notes, 'The system message was sent as the user: Anthropic takes none alone.')
    turns.push({ role: 'user', content: system.splice(0) })
  }
  if (turns[0]?.role === 'assistant') {
    warn(notes, 'A user turn was put first: Anthropic takes no conversation the model begins.')
    turns.unshift({ role: 'user', content: [{ type: 'text', text: 'Begin.' }] })
  }
  for (const turn of turns) resultsFirst(turn)
  trimEnd(turns.at(-1))
}

/** Results must come right behind the turn that asked for them, before anything else is said. */
function resultsFirst(turn: Turn): void {
  const isResult = (block: JsonObject) => block['type'] === 'tool_result'
  const results = turn.content.filter(isResult)
  if (results.length === 0) return
  const others = turn.content.filter((block) => !isResult(block))
  turn.content.splice(0, turn.content.length, ...results, ...others)
}

/** An answer the model is to go on with may not end in white space. */
function trimEnd(turn: Turn | undefined): void {
  const last = turn?.content.at(-1)
  const text = last?.['text']
  if (turn?.role !== 'assistant' || last === undefined || typeof text !== 'string') return
  turn.content.splice(-1, 1, { ...last, text: text.trimEnd() })
}

/** One plain text goes as a string, the form that every compatible provider takes. */
function simplest(blocks: JsonObject[]): JsonObject[] | string {
  const [only] = blocks
  const text = only?.['text']
  const plain = blocks.length === 1 && only?.['type'] === 'text' && !only['cache_control']
  return plain && typeof text === 'string' ? text : blocks
}

function namesFile(message: Message): boolean {
  switch (message.role) {
    case 'user':
      return message.content.some((part) => part.type === 'file' && part.source.kind === 'id')
    case 'tool':
      return message.content.some((result) =>
        result.content.some((part) => part.type === 'file' && part.source.kind === 'id'),
      )
    default:
      return false
  }
}
