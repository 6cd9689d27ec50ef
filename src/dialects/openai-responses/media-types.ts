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
