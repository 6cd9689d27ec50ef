export interface RequestHead {
  readonly method: string
  readonly target: string
  /** HTTP/1.0 or 1.1; anything else reads as 1.1. */
  readonly version: '1.0' | '1.1'
  /** Lower-case names, repeated ones joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
}

/** Reads a request head (without its closing blank line), or null when it is none at all. */
export function readHead(text: string): RequestHead | null {
  const lines = text.split('\n')
  const [method, target, protocol] = (lines[0] ?? '').trimEnd().split(' ')
  if (method === undefined || method === '' || target === undefined) return null
  const headers: Record<string, string> = Object.create(null)
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const colon = line.indexOf(':')
    if (colon < 1) continue
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const known = headers[name]
    headers[name] = known === undefined ? value : `${known}, ${value}`
  }
  return { method, target, version: protocol === 'HTTP/1.0' ? '1.0' : '1.1', headers }
}
