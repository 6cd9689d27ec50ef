import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../src/core/json.ts'
import { nothingSaid, type Said, type Stop } from './replay-said.ts'

/** Enums come as numbers where the client asked for them so. */
const stops: Readonly<Record<string, Stop>> = {
  1: 'stop',
  2: 'length',
  3: 'filtered',
  4: 'filtered',
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
}

/** A generateContent reply, or the chunks of a streamed one: both have the same form. */
export function saidByGemini(bodies: readonly JsonObject[]): Said {
  const said = nothingSaid()
  let finish = ''
  for (const body of bodies) {
    const candidate = arrayAt(body, 'candidates')[0]
    finish = `${(isObject(candidate) ? candidate['finishReason'] : null) ?? finish}`
    if (stringAt(objectAt(body, 'promptFeedback') ?? {}, 'blockReason') !== null) finish = 'SAFETY'
    for (const part of arrayAt(objectAt(candidate, 'content') ?? {}, 'parts')) addPart(part, said)
    addUsage(body, said)
  }
  said.stop = stops[finish] ?? 'other'
  if (said.stop === 'stop' && said.calls.length > 0) said.stop = 'tools'
  return said
}

function addPart(part: JsonValue, said: Said): void {
  const text = stringAt(part, 'text') ?? ''
  const isThought =
    part !== null && typeof part === 'object' && Reflect.get(part, 'thought') === true
  if (isThought) said.reasoning += text
  else said.text += text
  const call = objectAt(part, 'functionCall')
  const name = stringAt(call ?? {}, 'name') ?? ''
  if (call === null) return
  if (name !== '') said.calls.push({ name, input: { ...objectAt(call, 'args') } })
  for (const piece of arrayAt(call, 'partialArgs')) addArgument(piece, said.calls.at(-1)?.input)
}

/** One argument, or a further piece of a text, and the place in the arguments where it belongs. */
function addArgument(piece: JsonValue, args: JsonValue | undefined): void {
  if (!isObject(piece)) return
  const steps = (stringAt(piece, 'jsonPath') ?? '').match(/[^.$[\]]+/g) ?? []
  const { stringValue, numberValue, boolValue } = piece
  let owner: object = isObject(args) ? args : {}
  for (const [index, step] of steps.entries()) {
    const known: unknown = Reflect.get(owner, step)
    const next = steps[index + 1]
    if (next === undefined) {
      const text = stringValue === undefined ? undefined : `${known ?? ''}${stringValue}`
      Reflect.set(owner, step, text ?? numberValue ?? boolValue ?? null)
    } else {
      const inner =
        typeof known === 'object' && known !== null ? known : /^\d+$/.test(next) ? [] : {}
      Reflect.set(owner, step, inner)
      owner = inner
    }
  }
}

/** Thoughts and the results of Google's own tools are counted beside candidates and prompt. */
function addUsage(body: JsonObject, said: Said): void {
  const usage = objectAt(body, 'usageMetadata') ?? {}
  const prompt = numberAt(usage, 'promptTokenCount')
  if (prompt === null) return
  const count = (key: string) => numberAt(usage, key) ?? 0
  said.inputTokens = prompt + count('toolUsePromptTokenCount')
  said.outputTokens = count('candidatesTokenCount') + count('thoughtsTokenCount')
  said.cachedTokens = count('cachedContentTokenCount')
}
