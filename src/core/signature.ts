import type { Signature } from './conversation.ts'
import { dialects } from './request.ts'

const MARK = 'wb1'

/**
 * Packs a foreign signature into the one opaque string another dialect has room for, so that a client
 * replaying its history gives it back and it reaches the provider that made it.
 */
export function sealSignature(signature: Signature): string {
  return [MARK, signature.dialect, signature.id ?? '', signature.value].join(':')
}

/**
 * Stands for reasoning nobody signed. Sealed like a signature, it keeps such reasoning from reaching
 * a provider that signs its own and refuses any other.
 */
export const unsigned: Signature = { dialect: 'openai', id: null, value: '' }

/** null where the signature is only the mark of one that is missing. */
export function proofIn(signature: Signature): Signature | null {
  return signature.value === '' ? null : signature
}

/** The foreign signature inside an opaque string, or null when the string is a provider's own. */
export function openSignature(sealed: string): Signature | null {
  const [mark, dialectName, id, ...rest] = sealed.split(':')
  const dialect = dialects.find((name) => name === dialectName)
  if (mark !== MARK || dialect === undefined) return null
  return { dialect, id: id === '' || id === undefined ? null : id, value: rest.join(':') }
}
