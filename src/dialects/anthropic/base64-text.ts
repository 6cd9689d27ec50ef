const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

const digitValues = new Map([
  ...Array.from(alphabet, (character, value) => [character, value] as const),
  // The variant that is safe in URLs.
  ['-', 62] as const,
  ['_', 63] as const,
])

/** The UTF-8 text that base64 stands for; null where it is not base64, or not text. */
export function textOfBase64(base64: string): string | null {
  const digits = base64.replace(/[\s=]/g, '')
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let held = 0
  let bits = 0
  let at = 0
  for (const digit of digits) {
    const value = digitValues.get(digit)
    if (value === undefined) return null
    held = ((held << 6) | value) & 0xfff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at] = (held >> bits) & 0xff
    at += 1
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
