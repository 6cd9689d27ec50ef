import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../core/json.ts'

/** The parts a whole reply would have been streamed as, so that one reader serves both. */
export function partsOfResult(result: unknown): readonly JsonObject[] {
  if (!isObject(result)) return []
  const content = arrayAt(result, 'content').filter(isObject)
  return [
    { ...objectAt(result, 'response'), type: 'response-metadata' },
    ...content.flatMap(partsOfContent),
    { ...result, type: 'finish' },
  ]
}

function partsOfContent(content: JsonObject, index: number): JsonObject[] {
  const kind = stringAt(content, 'type')
  if (kind !== 'text' && kind !== 'reasoning') return [content]
  const id = String(index)
  return [
    { type: `${kind}-start`, id },
    { type: `${kind}-delta`, id, delta: stringAt(content, 'text') ?? '' },
    { ...content, type: `${kind}-end`, id },
  ]
}
