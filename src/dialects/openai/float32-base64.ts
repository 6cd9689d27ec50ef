const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * Numbers as base64 of little-endian 32-bit floats: how OpenAI's SDKs ask for vectors by default.
 */
export function encodeFloats(numbers: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(numbers.length * 4))
  numbers.forEach((number, index) => {
    view.setFloat32(index * 4, number, true)
  })
  let out = ''
  for (let at = 0; at < view.byteLength; at += 3) {
    const left = Math.min(3, view.byteLength - at)
    const byte = (offset: number) => (offset < left ? view.getUint8(at + offset) : 0)
    const bits = (byte(0) << 16) | (byte(1) << 8) | byte(2)
    for (let digit = 0; digit < 4; digit++) {
      out += digit <= left ? alphabet.charAt((bits >> (18 - 6 * digit)) & 63) : '='
    }
  }
  return out
}

/** The numbers in such a text; null where it is none. */
export function decodeFloats(base64: string): number[] | null {
  const text = base64.replace(/=+$/, '')
  const bytes = Math.floor((text.length * 3) / 4)
  if (bytes % 4 !== 0) return null
  const view = new DataView(new ArrayBuffer(bytes))
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of text) {
    const digit = alphabet.indexOf(letter)
    if (digit < 0) return null
    bits = ((bits << 6) | digit) & 0xffff
    held += 6
    if (held >= 8) {
      held -= 8
      view.setUint8(at++, (bits >> held) & 0xff)
    }
  }
  return Array.from({ length: bytes / 4 }, (_, index) => view.getFloat32(index * 4, true))
}
