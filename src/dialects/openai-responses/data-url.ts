export interface Inline {
  readonly mediaType: string
  readonly base64: string
}

/** Media type and bytes of a base64 `data:` URL; null for any other URL. */
export function readDataUrl(url: string): Inline | null {
  if (!url.startsWith('data:')) return null
  const comma = url.indexOf(',')
  const head = comma < 0 ? '' : url.slice(5, comma)
  if (!/;\s*base64$/i.test(head)) return null
  const [mediaType = ''] = head.split(';')
  return { mediaType: mediaType || 'application/octet-stream', base64: url.slice(comma + 1) }
}

export function dataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`
}

const byExtension: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  html: 'text/html',
  json: 'application/json',
  md: 'text/markdown',
  pdf: 'application/pdf',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  txt: 'text/plain',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
}

/** What an `input_file` holds when only its name tells: a PDF where that does not either. */
export function mediaTypeOfFile(name: string | null): string {
  const extension = /\.([a-z0-9]+)(?:[?#].*)?$/i.exec(name ?? '')?.[1]
  return byExtension[extension?.toLowerCase() ?? ''] ?? 'application/pdf'
}

/** A file name for a provider that insists on one. */
export function fileNameFor(mediaType: string): string {
  const known = Object.entries(byExtension).find(([, type]) => type === mediaType)
  return known === undefined ? 'file' : `file.${known[0]}`
}

const imageStarts: readonly (readonly [string, string])[] = [
  ['/9j/', 'image/jpeg'],
  ['iVBOR', 'image/png'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
]

/** A data URL needs the exact type where the client only said `image/*`. */
export function exactImageType(mediaType: string, base64: string): string {
  if (!mediaType.endsWith('/*')) return mediaType
  return imageStarts.find(([start]) => base64.startsWith(start))?.[1] ?? 'image/png'
}
