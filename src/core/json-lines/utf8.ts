/** The most bytes one UTF-16 unit becomes. */
export const bytesPerUnit = 3

/** Writes text as UTF-8 and returns where it ends. There must be room for `bytesPerUnit` per unit. */
export function writeUtf8(text: string, memory: Uint8Array, start: number): number {
  let at = start
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) {
      memory[at++] = unit
    } else if (unit < 0x800) {
      memory[at++] = 0xc0 | (unit >> 6)
      memory[at++] = 0x80 | (unit & 0x3f)
    } else {
      const code = text.codePointAt(index) ?? unit
      if (code > 0xffff) index++
      at = writeLong(isSurrogate(code) ? replacement : code, memory, at)
    }
  }
  return at
}

/** What stands for half of a character whose other half is missing. */
const replacement = 0xfffd

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff

/** In three bytes, or four. */
function writeLong(code: number, memory: Uint8Array, start: number): number {
  let at = start
  if (code > 0xffff) {
    memory[at++] = 0xf0 | (code >> 18)
    memory[at++] = 0x80 | ((code >> 12) & 0x3f)
  } else {
    memory[at++] = 0xe0 | (code >> 12)
  }
  memory[at++] = 0x80 | ((code >> 6) & 0x3f)
  memory[at++] = 0x80 | (code & 0x3f)
  return at
}
