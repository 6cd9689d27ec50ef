import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, isObject, numberAt, objectAt } from '../../core/json.ts'
import { vectorOf } from '../answer/vector.ts'
import type { Ask } from '../request/ask.ts'
import { textOf } from '../request/texts.ts'

const USUAL_DIMENSIONS = 256

export function geminiEmbedding({ body }: Ask): JsonObject {
  return { embedding: embeddingOf(body) }
}

export function geminiEmbeddings({ body }: Ask): JsonObject {
  return { embeddings: arrayAt(body, 'requests').map(embeddingOf) }
}

function embeddingOf(request: JsonValue): JsonObject {
  const text = textOf(objectAt(request, 'content') ?? undefined)
  const config = objectAt(request, 'embedContentConfig') ?? undefined
  const dimensions =
    numberAt(isObject(request) ? request : undefined, 'outputDimensionality') ??
    numberAt(config, 'outputDimensionality') ??
    USUAL_DIMENSIONS
  return { values: vectorOf(text, dimensions) }
}
