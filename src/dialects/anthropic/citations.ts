import { type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'

/** A link that a text rests on. */
export interface Link {
  readonly url: string
  readonly title: string | null
}

/** The link of a citation; null for places in documents the client sent, which have no address. */
export function readCitation(citation: JsonValue | undefined): Link | null {
  const url = stringAt(citation, 'url') ?? stringAt(citation, 'source')
  if (url === null || !/^https?:/.test(url)) return null
  return { url, title: stringAt(citation, 'title') }
}

export function writeCitation(link: Link): JsonObject {
  return {
    type: 'web_search_result_location',
    url: link.url,
    title: link.title,
    cited_text: '',
    encrypted_index: '',
  }
}
