import type { JsonValue } from '../core/json.ts'
import { lazyList } from '../dialects/lazy-list.ts'
import type { LazyBody, LazyList } from '../dialects/request-content.ts'
import { membersOf, type Span } from '../dialects/scan-json.ts'

/** How escapes of ASCII letters begin. */
const escapedLetters = ['\\u004', '\\u005', '\\u006', '\\u007']

/** A scanned JSON body whose members are found and parsed when somebody looks, each once. */
export function lazyBody(bytes: Buffer, spans: ReadonlyMap<string, Span>): LazyBody {
  const members = membersOf(bytes, spans)
  const parsed = new Map<string, JsonValue | undefined>()
  const lists = new Map<string, LazyList | null>()
  let escaped: boolean | null = null
  /** A word may be spelt with escapes (`im\u0061ge`), which no search finds. */
  const mayBeEscaped = () => {
    escaped ??= bytes.includes('\\u00') && escapedLetters.some((start) => bytes.includes(start))
    return escaped
  }
  return {
    has: members.has,
    get(name) {
      if (!parsed.has(name)) parsed.set(name, members.get(name))
      return parsed.get(name)
    },
    list(name) {
      const known = lists.get(name)
      if (known !== undefined) return known
      const span = spans.get(name)
      const list = span === undefined ? null : lazyList(bytes, span)
      lists.set(name, list)
      return list
    },
    mentions: (word) => includesWord(bytes, word) || mayBeEscaped(),
  }
}

/** Searches of up to six letters that begin with a rare one are twenty times as fast as longer ones. */
const fastLength = 6

function includesWord(bytes: Buffer, word: string): boolean {
  const start = word.slice(0, fastLength)
  for (let at = bytes.indexOf(start); at !== -1; at = bytes.indexOf(start, at + 1)) {
    if (bytes.toString('latin1', at, at + word.length) === word) return true
  }
  return false
}
