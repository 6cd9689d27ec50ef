import type {
  AssistantPart,
  Conversation,
  FilePart,
  Message,
  ReasoningRequest,
  TextPart,
} from '../../../src/core/conversation.ts'
import type { Failure } from '../../../src/core/failure.ts'
import { type JsonValue, parseJson } from '../../../src/core/json.ts'
import { noUsage, type Reply, type Usage } from '../../../src/core/reply.ts'
import type { Dialect } from '../../../src/core/request.ts'

/** What some dialects have a place for and others have not. */
type Feature =
  | 'developer'
  | 'filename'
  | 'json mode'
  | 'parallel'
  | 'penalties'
  | 'schema name'
  | 'schema strict'
  | 'seed'
  | 'stop'
  | 'tool error'
  | 'topK'
  | 'user'

/** The promises about requests: what is not listed for a dialect may get lost, all else may not. */
const requestFeatures: Readonly<Record<Dialect, readonly Feature[]>> = {
  openai: [
    'developer',
    'filename',
    'json mode',
    'parallel',
    'penalties',
    'schema name',
    'schema strict',
    'seed',
    'stop',
    'user',
  ],
  'openai-responses': [
    'developer',
    'filename',
    'json mode',
    'parallel',
    'schema name',
    'schema strict',
    'user',
  ],
  anthropic: ['filename', 'parallel', 'stop', 'tool error', 'topK', 'user'],
  gemini: ['json mode', 'penalties', 'seed', 'stop', 'tool error', 'topK'],
}

export type Keeps = (feature: Feature) => boolean

/** What survives every one of these dialects. */
export function keptBy(...dialects: readonly Dialect[]): Keeps {
  return (feature) => dialects.every((dialect) => requestFeatures[dialect].includes(feature))
}

/** What a user would notice the loss of, so that it must not happen in silence. */
export const felt: Keeps = (feature) =>
  ['json mode', 'parallel', 'penalties', 'seed', 'stop', 'topK'].includes(feature)

/** The meaning of a conversation, without what the dialects are free to say in their own way. */
export function essenceOfConversation(conversation: Conversation, keeps: Keeps): object {
  const { output, reasoning } = conversation
  return {
    turns: essenceOfTurns(conversation.messages, keeps),
    tools: conversation.tools.map((tool) => ({
      name: tool.name,
      description: tool.description ?? '',
      parameters: tool.parameters === null ? null : essenceOfSchema(tool.parameters),
    })),
    toolChoice:
      conversation.toolChoice ?? (conversation.tools.length > 0 ? { type: 'auto' } : null),
    parallel: keeps('parallel') && conversation.parallelToolCalls === false,
    output: essenceOfOutput(output, keeps),
    temperature: conversation.temperature,
    topP: conversation.topP,
    topK: keeps('topK') ? conversation.topK : null,
    stop: keeps('stop') ? conversation.stopSequences : [],
    seed: keeps('seed') ? conversation.seed : null,
    penalties: keeps('penalties')
      ? [conversation.presencePenalty, conversation.frequencyPenalty]
      : [],
    user: keeps('user') ? conversation.user : null,
    thinks: reasoning === null ? null : howMuch(reasoning),
  }
}

/** Some dialects know words, others tokens: they agree on little, some or much. */
function howMuch({ effort, budgetTokens }: ReasoningRequest): string {
  if (budgetTokens === null) return effort ?? 'as it likes'
  return budgetTokens < 4_000 ? 'low' : budgetTokens < 12_000 ? 'medium' : 'high'
}

/** A tool without parameters may be given as one with an empty object. */
function essenceOfSchema(schema: object): object | null {
  const { properties } = { properties: {}, ...schema }
  return Object.keys(properties ?? {}).length === 0 ? null : schema
}

function essenceOfOutput(output: Conversation['output'], keeps: Keeps): object | null {
  if (output.type === 'text') return null
  if (output.type === 'json') return keeps('json mode') ? { json: true } : null
  return {
    schema: output.schema,
    name: keeps('schema name') ? output.name : null,
    strict: keeps('schema strict') ? (output.strict ?? false) : null,
  }
}

function essenceOfTurns(messages: readonly Message[], keeps: Keeps): object[] {
  const ids = new Map<string, number>()
  const ordinal = (id: string): number => {
    const known = ids.get(id) ?? ids.size
    ids.set(id, known)
    return known
  }
  const turns: { role: string; parts: object[] }[] = []
  for (const message of messages) {
    const parts = partsOf(message, ordinal, keeps)
    const role = roleOf(message, keeps)
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else turns.push({ role, parts: [...parts] })
  }
  return turns
    .map(({ role, parts }) => ({ role, parts: joined(parts) }))
    .filter((turn) => !asksForJson(turn))
}

/** Where a dialect has no JSON mode, rules ask for JSON in words. */
function asksForJson({ role, parts }: { role: string; parts: readonly object[] }): boolean {
  return role === 'system' && JSON.stringify(parts).includes('valid JSON value')
}

/** Results of tools belong to the turn of the user in some dialects. */
function roleOf(message: Message, keeps: Keeps): string {
  if (message.role === 'tool') return 'user'
  if (message.role !== 'system') return message.role
  return keeps('developer') && message.developer ? 'developer' : 'system'
}

/** Neighbouring texts are one: dialects part and join them. */
function joined(parts: readonly object[]): object[] {
  const result: object[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (last !== undefined && 'text' in last && 'text' in part) {
      result.splice(-1, 1, { text: `${last.text} ${part.text}`.replace(/\s+/g, ' ') })
    } else if ('text' in part) {
      result.push({ text: String(part.text).replace(/\s+/g, ' ') })
    } else {
      result.push(part)
    }
  }
  return result
}

function partsOf(message: Message, ordinal: (id: string) => number, keeps: Keeps): object[] {
  if (message.role === 'tool') {
    return message.content.map((result) => ({
      answers: ordinal(result.callId),
      with: result.content.map((part) => contentOf(part, keeps)),
      isError: keeps('tool error') && result.isError,
    }))
  }
  return message.content.flatMap((part) => partOf(part, ordinal, keeps))
}

/** Reasoning without a signature is nothing a provider wants back. */
function partOf(part: AssistantPart, ordinal: (id: string) => number, keeps: Keeps): object[] {
  switch (part.type) {
    case 'text':
    case 'file':
      return [contentOf(part, keeps)]
    case 'refusal':
      return [{ text: part.text }]
    case 'tool-call':
      return [{ calls: part.name, id: ordinal(part.id), input: jsonOf(part.input) }]
    case 'reasoning':
      return part.signature === null ? [] : [{ thought: part.text, signature: part.signature }]
  }
}

function contentOf(part: TextPart | FilePart, keeps: Keeps): object {
  if (part.type === 'text') return { text: part.text }
  const source = part.source.kind === 'base64' ? part.source.data : part.source
  const mediaType = part.mediaType.startsWith('image/') ? 'image' : part.mediaType
  return { file: source, mediaType, filename: keeps('filename') ? part.filename : null }
}

const jsonOf = (text: string): JsonValue | undefined => parseJson(text === '' ? '{}' : text)

/** The promises about replies. */
interface ReplyPromise {
  readonly refusal: boolean
  readonly stopSequence: boolean
  readonly contentFilter: boolean
  readonly cacheWrite: boolean
  readonly reasoningTokens: boolean
  /** A reply without usage can be shown as such; otherwise all its figures are 0. */
  readonly noUsage: boolean
}

const replyPromises: Readonly<Record<Dialect, ReplyPromise>> = {
  openai: {
    refusal: true,
    stopSequence: false,
    contentFilter: true,
    cacheWrite: false,
    reasoningTokens: true,
    noUsage: true,
  },
  'openai-responses': {
    refusal: true,
    stopSequence: false,
    contentFilter: true,
    cacheWrite: false,
    reasoningTokens: true,
    noUsage: true,
  },
  anthropic: {
    refusal: false,
    stopSequence: true,
    contentFilter: false,
    cacheWrite: true,
    reasoningTokens: false,
    noUsage: false,
  },
  gemini: {
    refusal: false,
    stopSequence: false,
    contentFilter: true,
    cacheWrite: false,
    reasoningTokens: true,
    noUsage: true,
  },
}

/** The meaning of a reply as far as all of these dialects promise to show it. */
export function essenceOfReply(reply: Reply | Failure, ...dialects: readonly Dialect[]): object {
  if ('class' in reply) return { failure: reply.class, message: reply.message }
  const all = (feature: keyof ReplyPromise) =>
    dialects.every((dialect) => replyPromises[dialect][feature])
  const joinedText = (type: 'text' | 'reasoning' | 'refusal') =>
    reply.parts.map((part) => (part.type === type ? part.text : '')).join('')
  const said = joinedText('text')
  const refused = joinedText('refusal')
  return {
    said: all('refusal') ? said : said + refused,
    refused: all('refusal') ? refused : '',
    thought: joinedText('reasoning'),
    signatures: reply.parts.flatMap((part) =>
      part.type === 'reasoning' && part.signature !== null ? [part.signature] : [],
    ),
    calls: reply.parts.flatMap((part) =>
      part.type === 'tool-call'
        ? [{ id: part.id, name: part.name, input: jsonOf(part.input) }]
        : [],
    ),
    finish: finishOf(reply, all('contentFilter') && all('refusal')),
    stopSequence: all('stopSequence') ? reply.stopSequence : null,
    usage: usageOf(reply.usage ?? (all('noUsage') ? null : noUsage), all),
  }
}

function usageOf(usage: Usage | null, all: (feature: keyof ReplyPromise) => boolean) {
  if (usage === null) return null
  return {
    ...usage,
    cacheWriteTokens: all('cacheWrite') ? usage.cacheWriteTokens : 0,
    reasoningTokens: all('reasoningTokens') ? usage.reasoningTokens : 0,
  }
}

/** Some dialects tell a filtered reply and a refused one apart by nothing. */
function finishOf(reply: Reply, apart: boolean): string {
  const unwilling = reply.finish === 'refusal' || reply.finish === 'content-filter'
  return unwilling && !apart ? 'unwilling' : reply.finish
}
