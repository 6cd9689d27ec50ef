import type { Translated } from '../../core/conversation.ts'
import { failed, failure, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, isObject, numberAt } from '../../core/json.ts'
import type {
  BuildContext,
  BuiltRequest,
  EmbeddingCodec,
  EmbeddingReply,
  EmbeddingRequest,
  ReplyContext,
} from '../dialect.ts'
import { classifyEmbedded } from './classify-failure.ts'
import { embeddingEndpoint } from './endpoints.ts'
import { embeddedError } from './error-body.ts'
import { decodeFloats, encodeFloats } from './float32-base64.ts'
import { StrictReading } from './strict-reading.ts'
import { usageOfBody, writeUsage } from './usage.ts'

const carried = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user'])

export const embeddings: EmbeddingCodec = { parseRequest, writeReply, buildRequest, readReply }

function parseRequest(body: JsonObject): Outcome<Translated<EmbeddingRequest>> {
  const reading = new StrictReading()
  const request: EmbeddingRequest = {
    inputs: parseInputs(body['input'], reading),
    dimensions: reading.positiveInteger(body, 'dimensions', 'dimensions'),
    encoding: parseEncoding(body, reading),
  }
  for (const name of Object.keys(body)) {
    if (!carried.has(name)) reading.leftOut(`\`${name}\` cannot be carried over and was left out.`)
  }
  if (reading.problem !== null) return failed(reading.problem)
  return ok({ value: request, warnings: reading.warnings })
}

function parseInputs(input: JsonValue | undefined, reading: StrictReading): string[] {
  if (typeof input === 'string') return [input]
  const list = Array.isArray(input) ? input : []
  if (list.some((entry) => typeof entry === 'number' || Array.isArray(entry))) {
    const message = 'Token arrays as `input` are understood by targets of the OpenAI dialect only.'
    reading.untranslatable('input', `${message} Send text.`)
  } else if (list.length === 0 || list.some((entry) => typeof entry !== 'string')) {
    reading.wrong('input', '`input` must be a string or an array of strings.')
  }
  return list.filter((entry) => typeof entry === 'string')
}

function parseEncoding(body: JsonObject, reading: StrictReading): 'float' | 'base64' {
  const encoding = reading.text(body, 'encoding_format', 'encoding_format')
  if (encoding === 'base64') return 'base64'
  if (encoding !== null && encoding !== 'float') {
    reading.wrong('encoding_format', '`encoding_format` must be "float" or "base64".')
  }
  return 'float'
}

function writeReply(
  reply: EmbeddingReply,
  request: EmbeddingRequest,
  context: ReplyContext,
): JsonObject {
  const input = reply.usage === null ? 0 : writeUsage(reply.usage)['prompt_tokens']
  return {
    object: 'list',
    data: reply.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: request.encoding === 'base64' ? encodeFloats(vector) : [...vector],
    })),
    model: context.model,
    usage: { prompt_tokens: input, total_tokens: input },
  }
}

/** Floats are asked for whatever the client wants: not every provider knows base64. */
function buildRequest(
  request: EmbeddingRequest,
  context: BuildContext,
): Outcome<Translated<BuiltRequest>> {
  const body: JsonObject = {
    model: context.model,
    input: [...request.inputs],
    encoding_format: 'float',
    ...(request.dimensions !== null && { dimensions: request.dimensions }),
  }
  return ok({ value: { endpoint: embeddingEndpoint, body, headers: {} }, warnings: [] })
}

function readReply(body: JsonValue): Outcome<EmbeddingReply> {
  if (isObject(body) && embeddedError(body) !== null) return failed(classifyEmbedded(body))
  const entries = arrayAt(body, 'data').filter(isObject)
  const inOrder = entries.every((entry) => numberAt(entry, 'index') !== null)
    ? entries.toSorted((a, b) => (numberAt(a, 'index') ?? 0) - (numberAt(b, 'index') ?? 0))
    : entries
  const vectors = inOrder.map((entry) => readVector(entry['embedding']))
  const complete = vectors.filter((vector) => vector !== null)
  if (!isObject(body) || vectors.length === 0 || complete.length < vectors.length) {
    return failed(failure('malformed_reply', 'The provider answered with no readable embeddings.'))
  }
  return ok({ vectors: complete, usage: usageOfBody(body) })
}

function readVector(value: JsonValue | undefined): number[] | null {
  if (typeof value === 'string') return decodeFloats(value)
  if (!Array.isArray(value)) return null
  const numbers = value.filter((entry) => typeof entry === 'number')
  return numbers.length === value.length ? numbers : null
}
