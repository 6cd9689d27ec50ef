import type { Path } from './problem.ts'

/**
 * A wrong value as a message may show it, or null where it must not: keys get pasted into the wrong
 * field, and messages end up in logs and bug reports.
 */
export function showValue(value: unknown, path: Path): string | null {
  if (value === undefined) return null
  if (value === null) return 'nothing'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping'
  if (holdsSecrets(path)) return null
  if (typeof value === 'string') {
    return looksLikeSecret(value) ? null : JSON.stringify(shorten(value))
  }
  return String(value)
}

/** The name of a key that a message quotes; people also paste secrets there. */
export function showKey(key: string): string {
  return looksLikeSecret(key) ? '(hidden, it looks like a secret)' : JSON.stringify(shorten(key))
}

/** Parts of a configuration where a text may well be a secret, whether or not it belongs there. */
function holdsSecrets(path: Path): boolean {
  const [section, , field] = path
  if (section === 'state') return true
  if (section === 'clients') return field === undefined || field === 'key'
  if (section !== 'providers') return false
  return (
    field === undefined ||
    ['apiKey', 'apiKeys', 'options', 'headers', 'baseUrl', 'auth'].includes(String(field))
  )
}

const secretShapes = [
  /^(sk|pk|rk|wb)[-_]./,
  /^AIza/,
  /^AKIA[A-Z0-9]/,
  /^(Bearer|Basic)\s/i,
  /^eyJ[A-Za-z0-9_-]+\./,
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  /:\/\/[^/\s]*@/,
]

/** Key prefixes, tokens, and long runs that mix letters and digits as no name does. */
export function looksLikeSecret(text: string): boolean {
  if (secretShapes.some((shape) => shape.test(text))) return true
  const runs = text.match(/[A-Za-z0-9+/=_]{16,}/g) ?? []
  return runs.some((run) => /[0-9]/.test(run) && /[A-Za-z]/.test(run))
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
