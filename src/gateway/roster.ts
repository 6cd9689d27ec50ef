/** Something that is on a roster; the roster keeps its place in the field. */
export interface Member {
  rosterPlace: number
}

/**
 * Who is here now, for members that come and go thousands of times a second. An array whose last
 * member takes the place of one that leaves. A `Set` is no good for this: each time its table is
 * rebuilt the engine links the old one to the new, and once an old one has moved to the old
 * generation it keeps every later member alive until the next full collection.
 */
export interface Roster<T extends Member> {
  join(member: T): void
  /** False when it was not here. */
  leave(member: T): boolean
  /** A copy, so that members may leave while it is walked. */
  members(): readonly T[]
}

export function createRoster<T extends Member>(): Roster<T> {
  const present: T[] = []
  return {
    join(member) {
      member.rosterPlace = present.push(member) - 1
    },
    leave(member) {
      const place = member.rosterPlace
      // Negative for one that left before: as an index it would be looked up as a name.
      if (place < 0 || present[place] !== member) return false
      const last = present.pop()
      if (last !== undefined && last !== member) {
        present[place] = last
        last.rosterPlace = place
      }
      member.rosterPlace = -1
      return true
    },
    members: () => [...present],
  }
}
