import { createJsonArraySplitter } from '../json-array.ts'
import { type Span, scanObject } from '../scan-json.ts'
import type { Edit } from '../splice.ts'

const encoder = new TextEncoder()
const QUOTE = 0x22
const wrappers = ['generateContentRequest', 'generate_content_request']

/**
 * Gemini repeats the model of the path inside some bodies (`requests[].model` of batch embeddings,
 * `generateContentRequest.model` of token counts) and refuses a body that names another one.
 */
export function modelEdits(
  body: Uint8Array,
  members: ReadonlyMap<string, Span>,
  model: string,
): Edit[] {
  const named = [members, ...wrappers.map((name) => membersAt(body, members.get(name)))]
  const requests = members.get('requests')
  for (const span of requests === undefined ? [] : elementsOf(body, requests)) {
    named.push(membersAt(body, span))
  }
  return named.flatMap((owner) => {
    const span = owner.get('model')
    if (span === undefined || body[span.start] !== QUOTE) return []
    return [{ span, text: JSON.stringify(`models/${model}`) }]
  })
}

/** Members of an object inside the body; none where there is no object. */
function membersAt(body: Uint8Array, at: Span | undefined): ReadonlyMap<string, Span> {
  const scan = at === undefined ? null : scanObject(body.subarray(at.start, at.end))
  if (at === undefined || scan?.ok !== true) return new Map()
  const moved = [...scan.members].map(([name, { start, end }]): [string, Span] => [
    name,
    { start: start + at.start, end: end + at.start },
  ])
  return new Map(moved)
}

/** The objects of an array. */
function elementsOf(body: Uint8Array, { start, end }: Span): Span[] {
  const found: Span[] = []
  let at = start
  createJsonArraySplitter(body.length).push(body.subarray(start, end), (raw, element) => {
    at += raw.length
    if (element === null) return
    found.push({ start: at - encoder.encode(element.data).length, end: at })
  })
  return found
}
