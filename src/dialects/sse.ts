import type { Frame } from './dialect.ts'

/** Wire text of one SSE event. JSON data never holds a line break, so one `data:` line suffices. */
export function sseEvent(event: string | null, data: string): string {
  return event === null ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`
}

/**
 * The event and data of one SSE block (the lines up to a blank one). null for a block without data:
 * comments and keep-alives. Line ends may be LF, CRLF or CR.
 */
export function readSseBlock(block: string): Frame | null {
  // One line of data, as most events are.
  if (block.startsWith('data: ') && block.indexOf('\n') === block.length - 2) {
    if (block.endsWith('\n\n') && !block.includes('\r')) {
      return { event: null, data: block.slice(6, -2) }
    }
  }
  let event: string | null = null
  let data: string | null = null
  for (const line of block.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) {
      const value = fieldValue(line, 5)
      data = data === null ? value : `${data}\n${value}`
    } else if (line.startsWith('event:')) {
      event = fieldValue(line, 6)
    } else if (line === 'data') {
      data = data === null ? '' : `${data}\n`
    }
  }
  if (data !== null) return { event, data }
  // Gemini may break a stream off with a bare JSON error, which is no event at all by the format.
  const bare = block.trimStart()
  return bare.startsWith('{') ? { event: null, data: bare.trimEnd() } : null
}

/** One space after the colon belongs to the format, not to the value. */
function fieldValue(line: string, start: number): string {
  return line.charCodeAt(start) === 0x20 ? line.slice(start + 1) : line.slice(start)
}
