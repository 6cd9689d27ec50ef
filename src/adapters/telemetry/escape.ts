/**
 * Control, format and line-breaking characters: they would split a line, move the cursor, or show a
 * reader something else than what is there (text that runs right to left).
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The text on one line, with `\n` and `\u001b` written out. */
export function escapeForTerminal(text: string): string {
  return text.replace(unprintable, (character) => {
    if (character === '\n') return '\\n'
    return unicodeEscapes(character)
  })
}

/** What needs no look at its Unicode properties: nearly all JSON. */
const plainAscii = /^[ -~]*$/

/** JSON text with what `JSON.stringify` leaves as it is escaped, too; its value stays the same. */
export function escapeInJson(json: string): string {
  return plainAscii.test(json) ? json : json.replace(unprintable, unicodeEscapes)
}

function unicodeEscapes(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
