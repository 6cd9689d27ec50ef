import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, isObject, objectAt, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { readDataUrl } from '../data-url.ts'
import { readGoogleSignature } from './google-signature.ts'
import type { ReplyBlocks } from './reply-blocks.ts'

export interface DeltaContext {
  readonly replyId: string | null
  /** A whole message: entries without an index are told apart by their position. */
  readonly whole: boolean
}

/** Reads a `delta` or a whole `message`, in the order its parts belong: thought, said, done. */
export function readDelta(
  delta: JsonObject,
  blocks: ReplyBlocks,
  context: DeltaContext,
  out: ReplyEvent[],
): void {
  const shown = stringAt(delta, 'reasoning_content') || stringAt(delta, 'reasoning') || ''
  blocks.reasoning(shown, arrayAt(delta, 'reasoning_details'), out)
  readContent(delta['content'], blocks, out)
  const signature = readGoogleSignature(delta)
  if (signature !== null) blocks.signText(signature)
  blocks.refuse(stringAt(delta, 'refusal') ?? '', out)
  readAudio(delta, blocks, out)
  for (const annotation of arrayAt(delta, 'annotations')) readAnnotation(annotation, blocks)
  for (const image of arrayAt(delta, 'images')) readImage(image, blocks, out)
  arrayAt(delta, 'tool_calls').forEach((entry, position) => {
    blocks.toolCall(entry, context.whole ? position : null, context.replyId, out)
  })
  const legacyCall = objectAt(delta, 'function_call')
  if (legacyCall !== null) {
    blocks.toolCall({ index: -1, function: legacyCall }, null, context.replyId, out)
  }
  if (arrayAt(delta, 'executed_tools').length > 0) {
    out.push({ type: 'untranslated', what: 'executed_tools' })
  }
}

/** A string, or Mistral's list of typed parts, which is also where its reasoning stands. */
function readContent(content: JsonValue | undefined, blocks: ReplyBlocks, out: ReplyEvent[]): void {
  if (typeof content === 'string') {
    blocks.text(content, out)
    return
  }
  if (!Array.isArray(content)) return
  for (const part of content) {
    switch (stringAt(part, 'type')) {
      case 'thinking':
        blocks.reasoning(thinkingText(part), [], out)
        break
      case 'image_url':
        readImage(part, blocks, out)
        break
      case 'refusal':
        blocks.refuse(stringAt(part, 'refusal') ?? '', out)
        break
      default:
        blocks.text(typeof part === 'string' ? part : (stringAt(part, 'text') ?? ''), out)
    }
  }
}

function thinkingText(part: JsonValue): string {
  const whole = stringAt(part, 'thinking')
  if (whole !== null) return whole
  return arrayAt(part, 'thinking')
    .map((piece) => stringAt(piece, 'text') ?? '')
    .join('')
}

/** Spoken replies carry their words as a transcript. */
function readAudio(delta: JsonObject, blocks: ReplyBlocks, out: ReplyEvent[]): void {
  const audio = objectAt(delta, 'audio')
  if (audio === null) return
  blocks.text(stringAt(audio, 'transcript') ?? '', out)
  if ((stringAt(audio, 'data') ?? '') !== '') out.push({ type: 'untranslated', what: 'audio' })
}

function readAnnotation(annotation: JsonValue, blocks: ReplyBlocks): void {
  const citation = objectAt(annotation, 'url_citation') ?? annotation
  const url = stringAt(citation, 'url')
  if (url !== null) blocks.cite(url, stringAt(citation, 'title'))
}

function readImage(image: JsonValue, blocks: ReplyBlocks, out: ReplyEvent[]): void {
  const url =
    stringAt(objectAt(image, 'image_url') ?? undefined, 'url') ?? stringAt(image, 'image_url') ?? ''
  const file = readDataUrl(url)
  if (file === null) out.push({ type: 'untranslated', what: 'image' })
  else blocks.file(file.mediaType, file.base64, out)
}

/** Perplexity lists its sources beside the choices: links, and the same with titles. */
export function readSources(body: JsonObject, blocks: ReplyBlocks): void {
  for (const source of arrayAt(body, 'citations')) {
    if (typeof source === 'string') blocks.cite(source, null)
    else if (isObject(source)) readAnnotation(source, blocks)
  }
  for (const result of arrayAt(body, 'search_results')) readAnnotation(result, blocks)
}
