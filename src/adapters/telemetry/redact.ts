import { MASK, maskShapes } from './credential-shapes.ts'

/** Shorter ones are words: masking them everywhere would hide the log, not the secret. */
const MIN_SECRET_LENGTH = 4
/** A shorter stretch of base64 turns up by chance. */
const MIN_ENCODED_LENGTH = 8

/** The one place every logged string passes through. */
export interface Redactor {
  /** From now on masked wherever it stands: as it is, in base64, URL-encoded or JSON-escaped. */
  addSecret(value: string): void
  /** The text without known secrets and without anything shaped like a credential. */
  redact(text: string): string
  /** Changes with every secret: what was redacted before may hold the new one. */
  version(): number
}

export function createRedactor(): Redactor {
  /** By a number made of their first four characters: text is compared with few of them only. */
  const secrets = new Map<number, string[]>()
  let version = 0

  function add(secret: string): void {
    const start = startAt(secret, 0)
    const known = secrets.get(start) ?? []
    if (known.includes(secret)) return
    // The longest first: one secret may begin with another.
    secrets.set(
      start,
      [...known, secret].sort((a, b) => b.length - a.length),
    )
  }

  function maskSecrets(text: string): string {
    let masked = ''
    let kept = 0
    for (let at = 0; at <= text.length - MIN_SECRET_LENGTH; at += 1) {
      const found = secrets.get(startAt(text, at))?.find((secret) => text.startsWith(secret, at))
      if (found === undefined) continue
      masked += text.slice(kept, at) + MASK
      kept = at + found.length
      at = kept - 1
    }
    return kept === 0 ? text : masked + text.slice(kept)
  }

  return {
    addSecret(value) {
      if (value.length < MIN_SECRET_LENGTH) return
      version += 1
      add(value)
      add(encodeURIComponent(value.toWellFormed()))
      add(JSON.stringify(value).slice(1, -1))
      for (const encoded of base64Forms(value)) add(encoded)
    },
    version: () => version,
    redact: (text) => maskShapes(secrets.size === 0 ? text : maskSecrets(text)),
  }
}

function startAt(text: string, at: number): number {
  const first = text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)
  return (first * 31 + text.charCodeAt(at + 2)) * 31 + text.charCodeAt(at + 3)
}

/**
 * What base64 makes of a secret inside a longer text (`user:secret` in basic authentication): three
 * forms, by how many bytes stand before it modulo 3. Only the characters that hold nothing but bits
 * of the secret are the same every time.
 */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value)
  const forms: string[] = []
  for (const before of [0, 1, 2]) {
    const all = Buffer.concat([Buffer.alloc(before), bytes])
    const first = Math.ceil((before * 8) / 6)
    const certain = all.toString('base64').slice(first, Math.floor((all.length * 8) / 6))
    if (certain.length < MIN_ENCODED_LENGTH) continue
    forms.push(certain, certain.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return forms
}
