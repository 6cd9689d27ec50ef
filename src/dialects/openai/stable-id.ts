/**
 * * A tool call id made from what identifies the call, for providers that send none (or an empty
 * one). The same input always gives the same id, so that a replayed reply is the same reply.
 */
export function stableCallId(replyId: string | null, position: number, name: string): string {
  return `call_${fingerprint(`${replyId ?? ''}/${position}/${name}`, 20)}`
}

/**
 * Letters and digits of a given length that stand for a text (not for secrets: no cryptography).
 */
export function fingerprint(text: string, length: number): string {
  let out = ''
  for (let round = 0; out.length < length; round++) {
    out += hash(text, round).toString(36).padStart(6, '0')
  }
  return out.slice(0, length)
}

/** FNV-1a with a final mix (murmur3), 32 bits. */
function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
