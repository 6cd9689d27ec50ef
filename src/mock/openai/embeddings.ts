import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject, numberAt, stringAt } from '../../core/json.ts'
import { vectorOf } from '../answer/vector.ts'
import type { Behaviour } from '../behaviour/behaviour.ts'
import type { Ask } from '../request/ask.ts'
import { textOf } from '../request/texts.ts'
import { spoilUsage } from '../wire/spoil-usage.ts'

const USUAL_DIMENSIONS = 256
const CHARACTERS_PER_TOKEN = 4

export function embeddingsReply(ask: Ask, behaviour: Behaviour): JsonObject {
  const { body, model } = ask
  const dimensions = numberAt(body, 'dimensions') ?? USUAL_DIMENSIONS
  const base64 = stringAt(body, 'encoding_format') === 'base64'
  const inputs = inputsOf(body['input'])
  const counted = inputs.reduce(
    (sum, text) => sum + Math.ceil(text.length / CHARACTERS_PER_TOKEN),
    0,
  )
  const tokens = behaviour.inputTokens ?? counted
  return {
    object: 'list',
    data: inputs.map((text, index) => {
      const vector = vectorOf(text, dimensions)
      return { object: 'embedding', index, embedding: base64 ? packed(vector) : vector }
    }),
    model,
    usage: spoilUsage({ prompt_tokens: tokens, total_tokens: tokens }, behaviour.trouble.usage),
  }
}

/** One string, a list of strings, one list of token numbers, or several of those. */
function inputsOf(input: JsonValue | undefined): string[] {
  if (!Array.isArray(input)) return [textOf(input)]
  if (typeof input[0] === 'number') return [input.join(' ')]
  return input.map((one) =>
    Array.isArray(one) ? one.join(' ') : isObject(one) ? textOf(one) : String(one),
  )
}

/** 32-bit little-endian floats in base64, what the official SDK asks for by default. */
function packed(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
