const longestSubject = 256

/**
 * What a book is filed under. Clients choose names, and a million long ones would fill the memory: of
 * those the beginning and two hashes are kept. Should two agree in all of it, they share a book.
 */
export function filedUnder(subject: string): string {
  if (subject.length <= longestSubject) return subject
  const half = subject.length >>> 1
  const hashes = [hash(subject, 0, half), hash(subject, half, subject.length)]
  return `${subject.slice(0, 200)}…${hashes.map((each) => each.toString(36)).join('')}`
}

/** FNV-1a over a part of a text. */
function hash(text: string, from: number, to: number): number {
  let mixed = 0x811c9dc5
  for (let index = from; index < to; index++) {
    mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193)
  }
  return mixed >>> 0
}
