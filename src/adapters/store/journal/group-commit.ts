/** A turn that ends this many requests is written in parts. */
const MOST_CHARACTERS = 64 * 1024

/** Lines of one turn of the event loop, written together. */
export interface GroupCommit {
  /** `stored` is called when the line has been given to `write`. */
  add(line: string, stored: () => void): void
  /** Now, not at the end of the turn. */
  commit(): void
}

/**
 * Requests that end in one turn of the event loop share one write, which halves what a record costs.
 * Their replies then leave one after the other: a peer that slept is woken once, not for each.
 */
export function createGroupCommit(write: (text: string, lines: number) => void): GroupCommit {
  let text = ''
  let waiting: (() => void)[] = []
  let scheduled = false

  function commit(): void {
    scheduled = false
    if (waiting.length === 0) return
    const [lines, stored] = [text, waiting]
    text = ''
    waiting = []
    write(lines, stored.length)
    for (const tell of stored) tell()
  }

  return {
    add(line, stored) {
      text += line
      waiting.push(stored)
      if (text.length >= MOST_CHARACTERS) commit()
      else if (!scheduled) {
        scheduled = true
        setImmediate(commit)
      }
    },
    commit,
  }
}
