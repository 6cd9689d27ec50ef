export interface DataUrl {
  readonly mediaType: string
  readonly base64: string
}

/** The parts of a base64 `data:` URL (RFC 2397: `base64` comes last); null for any other URL. */
export function readDataUrl(url: string): DataUrl | null {
  if (!url.startsWith('data:')) return null
  const comma = url.indexOf(',')
  const head = comma < 0 ? '' : url.slice(5, comma)
  if (!/;\s*base64$/i.test(head)) return null
  const [mediaType = ''] = head.split(';')
  return { mediaType: mediaType || 'application/octet-stream', base64: url.slice(comma + 1) }
}

export function writeDataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`
}
