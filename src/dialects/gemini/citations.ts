import type { JsonObject, JsonValue } from '../../core/json.ts'
import { listField, objectField, textField } from './fields.ts'

export interface Citation {
  readonly url: string
  readonly title: string | null
}

/**
 * Links a candidate rests on: search and map results (`groundingMetadata`) and recited sources
 * (`citationMetadata`; Vertex says `citations`, the Gemini API `citationSources`). Sources without
 * an address, such as a file store's passages, name nothing a client could open.
 */
export function readCitations(candidate: JsonObject): Citation[] {
  const grounding = objectField(candidate, 'groundingMetadata')
  const recited = objectField(candidate, 'citationMetadata')
  const sources: (JsonValue | null)[] = [
    ...listField(grounding, 'groundingChunks').map(
      (chunk) =>
        objectField(chunk, 'web') ??
        objectField(chunk, 'maps') ??
        objectField(chunk, 'retrievedContext'),
    ),
    ...listField(recited, 'citations'),
    ...listField(recited, 'citationSources'),
  ]
  return sources.flatMap((source) => {
    const url = source === null ? null : textField(source, 'uri')
    return url === null || url === '' || source === null
      ? []
      : [{ url, title: textField(source, 'title') || null }]
  })
}

/** The form clients know from search results. */
export function writeCitations(citations: readonly Citation[]): JsonObject {
  return {
    groundingChunks: citations.map(({ url, title }) => ({
      web: { uri: url, ...(title !== null && { title }) },
    })),
  }
}
