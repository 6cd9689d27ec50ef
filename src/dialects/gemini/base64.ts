const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 (RFC 4648, with padding) of a text's UTF-8 bytes. */
export function textToBase64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let encoded = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3)
    const group = (first << 16) | (second << 8) | third
    const known = bytes.length - at
    encoded += alphabet.charAt(group >> 18) + alphabet.charAt((group >> 12) & 63)
    encoded += known > 1 ? alphabet.charAt((group >> 6) & 63) : '='
    encoded += known > 2 ? alphabet.charAt(group & 63) : '='
  }
  return encoded
}

/** The text behind base64 of either alphabet, padded or not; null where it is none. */
export function base64ToText(encoded: string): string | null {
  const digits = standardBase64(encoded).replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let group = 0
  let written = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = alphabet.indexOf(digits.charAt(at))
    if (digit < 0) return null
    group = (group << 6) | digit
    const bits = ((at + 1) * 6) % 8
    if (bits < 6) bytes[written++] = (group >> bits) & 0xff
  }
  return new TextDecoder().decode(bytes)
}

/**
 * The standard alphabet with padding. Google's Python clients send the URL-safe one (`-`, `_`),
 * which only Google reads: a `data:` URL made of it shows nothing elsewhere.
 */
export function standardBase64(encoded: string): string {
  if (!/[-_]/.test(encoded) && encoded.length % 4 === 0) return encoded
  const standard = encoded.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  return standard.padEnd(Math.ceil(standard.length / 4) * 4, '=')
}
