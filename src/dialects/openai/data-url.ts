export interface DataUrl {
  readonly mediaType: string
  readonly base64: string
}

/** The parts of a base64 `data:` URL; null for any other URL. */
export function readDataUrl(url: string): DataUrl | null {
  if (!url.startsWith('data:')) return null
  const comma = url.indexOf(',')
  const [mediaType, ...parameters] = url.slice(5, Math.max(5, comma)).split(';')
  if (comma < 0 || !parameters.includes('base64')) return null
  return { mediaType: mediaType || 'application/octet-stream', base64: url.slice(comma + 1) }
}

export function writeDataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`
}
