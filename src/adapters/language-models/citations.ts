import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'

/** Sources of a reply, waiting for a text block they can stand under; each address once. */
export interface Citations {
  /** Sources the package lists on their own, before, after or amid the text. */
  addSource(source: unknown): void
  /** Sources the package gives with the end of a text block (`citations`). */
  addCited(part: JsonObject): void
  /** Citation events for the sources that wait, under the text block `block`. */
  under(block: number): ReplyEvent[]
  /** What never found a text block, or is no web address. */
  unplaced(): ReplyEvent[]
}

export function createCitations(): Citations {
  const waiting: { url: string; title: string | null }[] = []
  const seen = new Set<string>()
  const unreadable: ReplyEvent[] = []

  const addSource = (source: unknown): void => {
    const url = isObject(source) ? stringAt(source, 'url') : null
    const title = isObject(source) ? stringAt(source, 'title') : null
    if (url === null) {
      unreadable.push({ type: 'untranslated', what: `a cited document: ${title ?? 'untitled'}` })
    } else if (!seen.has(url)) {
      seen.add(url)
      waiting.push({ url, title })
    }
  }

  return {
    addSource,
    addCited(part) {
      for (const citation of arrayAt(part, 'citations')) addSource(objectAt(citation, 'source'))
    },
    under: (block) =>
      waiting.splice(0).map(({ url, title }) => ({ type: 'citation', block, url, title })),
    unplaced: () => [
      ...unreadable.splice(0),
      ...waiting
        .splice(0)
        .map(({ url }): ReplyEvent => ({ type: 'untranslated', what: `a source: ${url}` })),
    ],
  }
}
