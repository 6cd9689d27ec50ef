import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../src/core/json.ts'
import { nothingSaid, parsedInput, type Said, type Stop } from './replay-said.ts'

const stops: Readonly<Record<string, Stop>> = {
  stop: 'stop',
  eos: 'stop',
  '': 'stop',
  length: 'length',
  tool_calls: 'tools',
  function_call: 'tools',
  content_filter: 'filtered',
}

/** Chat Completions as OpenAI and those like it answer: a whole body, or the chunks of a stream. */
export function saidByChat(bodies: readonly JsonObject[], streamed: boolean): Said {
  const said = nothingSaid()
  const calls = new Map<string, { name: string; input: string }>()
  let refused = false
  let finish = ''
  for (const body of bodies) {
    addUsage(body, said)
    const choice = arrayAt(body, 'choices').find((one) => (numberAt(one, 'index') ?? 0) === 0)
    const message = objectAt(choice, streamed ? 'delta' : 'message')
    finish = stringAt(choice, 'finish_reason') ?? finish
    if (message === null) continue
    refused ||= (stringAt(message, 'refusal') ?? '') !== ''
    said.text += textOf(message)
    said.reasoning += reasoningOf(message)
    addCalls(message, `${streamed ? stringAt(body, 'id') : ''}`, calls)
  }
  // Some providers write an empty call where none was made.
  said.calls = [...calls.values()]
    .filter(({ name }) => name !== '')
    .map(({ name, input }) => ({ name, input: parsedInput(input) }))
  const stop = stops[finish] ?? 'other'
  // Several providers say "stop" after tool calls, and all after a refusal.
  said.stop = stop !== 'stop' ? stop : said.calls.length > 0 ? 'tools' : refused ? 'filtered' : stop
  return said
}

function textOf(message: JsonObject): string {
  const { content } = message
  const spoken = stringAt(objectAt(message, 'audio') ?? {}, 'transcript') ?? ''
  const parts = arrayAt(message, 'content').map((part) => stringAt(part, 'text') ?? '')
  const written = typeof content === 'string' ? content : parts.join('')
  return written + spoken + (stringAt(message, 'refusal') ?? '')
}

/** Each provider has its own place for it; those that use two say the same in both. */
function reasoningOf(message: JsonObject): string {
  const plain = stringAt(message, 'reasoning_content') || stringAt(message, 'reasoning')
  if (plain) return plain
  const details = arrayAt(message, 'reasoning_details')
  const thoughts = arrayAt(message, 'content').flatMap((part) => arrayAt(part, 'thinking'))
  return [...details, ...thoughts]
    .map((part) => (stringAt(part, 'text') ?? '') + (stringAt(part, 'summary') ?? ''))
    .join('')
}

function addCalls(
  message: JsonObject,
  replyId: string,
  calls: Map<string, { name: string; input: string }>,
): void {
  const legacy = objectAt(message, 'function_call')
  const given: JsonValue[] =
    legacy === null ? arrayAt(message, 'tool_calls') : [{ function: legacy }]
  given.forEach((call, position) => {
    const made = objectAt(call, 'function')
    if (made === null) return
    // One recording holds two replies of an agent in one stream, both with index 0.
    const key = `${numberAt(call, 'index') ?? position} ${replyId}`
    const known = calls.get(key) ?? { name: '', input: '' }
    known.name += stringAt(made, 'name') ?? ''
    const input = made['arguments']
    known.input += isObject(input) ? JSON.stringify(input) : (stringAt(made, 'arguments') ?? '')
    calls.set(key, known)
  })
}

/** The total shows what the parts leave out: reasoning at some, thoughts or audio at others. */
function addUsage(body: JsonObject, said: Said): void {
  const usage = objectAt(body, 'usage') ?? objectAt(objectAt(body, 'x_groq') ?? {}, 'usage')
  if (usage === null) return
  const input = numberAt(usage, 'prompt_tokens') ?? 0
  const output = numberAt(usage, 'completion_tokens') ?? 0
  const total = numberAt(usage, 'total_tokens') ?? input + output
  const details = objectAt(usage, 'prompt_tokens_details') ?? {}
  const cached =
    numberAt(details, 'cached_tokens') ??
    numberAt(usage, 'prompt_cache_hit_tokens') ??
    numberAt(usage, 'cached_tokens') ??
    numberAt(usage, 'num_cached_tokens') ??
    0
  const thought = numberAt(objectAt(usage, 'completion_tokens_details') ?? {}, 'reasoning_tokens')
  // More reasoning than output can only stand beside it.
  const beside = thought !== null && thought > output ? thought : 0
  const rest = Math.max(beside, total - input - output)
  const ofInput = cached > input || (rest > 0 && rest === numberAt(details, 'audio_tokens'))
  said.inputTokens = input + (ofInput ? rest || cached : 0)
  said.outputTokens = output + (ofInput ? 0 : rest)
  said.cachedTokens = cached
}
