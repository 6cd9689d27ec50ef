import type { FilePart } from '../../core/conversation.ts'

/** How files of the types Anthropic takes begin, in base64. */
const beginnings: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi', 'application/pdf'],
]

/** Names that are in use for a type beside its proper one. */
const synonyms = new Map([
  ['image/jpg', 'image/jpeg'],
  ['application/x-pdf', 'application/pdf'],
])

/**
 * The type of a file. Where the client gives a wildcard or says nothing, as with
 * `application/octet-stream`, the first bytes tell.
 */
export function mediaTypeOf(file: FilePart): string {
  const named = file.mediaType.toLowerCase().split(';')[0]?.trim() ?? ''
  const proper = synonyms.get(named) ?? named
  const vague = proper === '' || proper.endsWith('/*') || proper === 'application/octet-stream'
  if (!vague) return proper
  const { source } = file
  const seen =
    source.kind === 'base64'
      ? beginnings.find(([beginning]) => source.data.startsWith(beginning))?.[1]
      : undefined
  return seen ?? (proper === '' ? 'application/octet-stream' : proper)
}

/** Types whose bytes are readable text, which may stand in a document as such. */
export function isText(mediaType: string): boolean {
  return (
    mediaType.startsWith('text/') ||
    /^application\/(?:[\w.-]+\+)?(?:json|xml|yaml|x-yaml|javascript|typescript|x-sh|csv|sql)$/.test(
      mediaType,
    )
  )
}
