import { hashSeed } from '../../core/random.ts'

const secretHeader = /^(authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie)$/

/** Something that tells secrets apart without telling them. */
function masked(secret: string): string {
  return `[masked ${hashSeed(secret).toString(16)}]`
}

export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name] ?? ''
    shown[name] = secretHeader.test(name) ? masked(value) : value
  }
  return shown
}

/** The `key` of a query is a credential too (Gemini). */
export function maskTarget(target: string): string {
  if (!target.includes('key=')) return target
  return target.replace(/([?&]key=)([^&]*)/g, (_, name: string, key: string) => name + masked(key))
}
