import type { Translated } from '../../core/conversation.ts'
import { failed, failure, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type {
  BuildContext,
  BuiltRequest,
  EmbeddingCodec,
  EmbeddingReply,
  EmbeddingRequest,
} from '../dialect.ts'
import { classifyErrorBody } from './classify-failure.ts'
import { batchEmbedContents, embedContent } from './endpoints.ts'
import { field, listField } from './fields.ts'
import {
  type Reading,
  readInteger,
  readObject,
  readObjects,
  readText,
  refuse,
  startReading,
  warnOfOthers,
} from './reading.ts'
import { readUsage } from './usage.ts'
import { textPart } from './write-parts.ts'

/** `embedContent` takes one text, `batchEmbedContents` a list of such requests. */
export const embeddings: EmbeddingCodec = {
  parseRequest,
  writeReply(reply, _request, context) {
    const vectors = reply.vectors.map((vector) => ({ values: [...vector] }))
    const tokens = reply.usage?.inputTokens ?? null
    return {
      ...(isBatch(context.requestBody)
        ? { embeddings: vectors }
        : { embedding: vectors[0] ?? { values: [] } }),
      ...(tokens !== null && {
        usageMetadata: { promptTokenCount: tokens, totalTokenCount: tokens },
      }),
    }
  },
  buildRequest,
  readReply,
}

function isBatch(body: JsonObject): boolean {
  return field(body, 'requests') !== undefined
}

const known = new Set(['model', 'content', 'outputDimensionality'])

function parseRequest(body: JsonObject): Outcome<Translated<EmbeddingRequest>> {
  const reading = startReading()
  const requests = isBatch(body) ? readObjects(reading, body, 'requests', 'requests') : [body]
  const inputs = requests.map((request, index) =>
    parseInput(request, isBatch(body) ? `requests[${index}].` : '', reading),
  )
  const sizes = new Set(inputs.map(({ dimensions }) => dimensions))
  if (sizes.size > 1) {
    const message = 'All requests of a batch must ask for the same outputDimensionality.'
    refuse(reading, 'requests', message)
  }
  if (inputs.length === 0) refuse(reading, 'requests', 'requests is empty: give at least one.')
  if (reading.problem !== null) return failed(reading.problem)
  const value: EmbeddingRequest = {
    inputs: inputs.map(({ text }) => text),
    dimensions: inputs[0]?.dimensions ?? null,
    encoding: 'float',
  }
  return ok({ value, warnings: reading.warnings })
}

function parseInput(request: JsonObject, path: string, reading: Reading) {
  warnOfOthers(reading, request, known, '')
  const content = readObject(reading, request, 'content', `${path}content`) ?? {}
  const parts = readObjects(reading, content, 'parts', `${path}content.parts`)
  const texts = parts.map((part, index) => {
    const at = `${path}content.parts[${index}]`
    const text = readText(reading, part, 'text', `${at}.text`)
    if (text === null) refuse(reading, at, `${at} must be text: this model embeds nothing else.`)
    return text ?? ''
  })
  if (texts.length === 0) {
    refuse(reading, `${path}content`, `${path}content is missing: give parts with text.`)
  }
  const size = `${path}outputDimensionality`
  return {
    text: texts.join('\n'),
    dimensions: readInteger(reading, request, 'outputDimensionality', size),
  }
}

function buildRequest(
  request: EmbeddingRequest,
  context: BuildContext,
): Outcome<Translated<BuiltRequest>> {
  // In the body Google wants the name with its collection, unlike in the path.
  const requests = request.inputs.map((text) => ({
    model: `models/${context.model}`,
    content: { parts: [textPart(text)] },
    ...(request.dimensions !== null && { outputDimensionality: request.dimensions }),
  }))
  const [only, ...others] = requests
  const value: BuiltRequest =
    only !== undefined && others.length === 0
      ? { endpoint: embedContent, body: only, headers: {} }
      : { endpoint: batchEmbedContents, body: { requests }, headers: {} }
  return ok({ value, warnings: [] })
}

function readReply(body: JsonValue): Outcome<EmbeddingReply> {
  const error = field(body, 'error')
  if (error !== undefined) return failed(classifyErrorBody(error))
  const found = [...listField(body, 'embedding'), ...listField(body, 'embeddings')]
  const vectors = found.map((embedding) =>
    listField(embedding, 'values').filter((value) => typeof value === 'number'),
  )
  if (vectors.length === 0 || vectors.some((vector) => vector.length === 0)) {
    const message = 'The provider answered without embeddings.'
    return failed(failure('malformed_reply', message, { upstreamStatus: 200 }))
  }
  return ok({ vectors, usage: readUsage(field(body, 'usageMetadata')) })
}
