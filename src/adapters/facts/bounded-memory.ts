/** Clients choose the names that are looked up, so what is remembered of them must have an end. */
const MOST_REMEMBERED = 5_000

/** Remembers what was found for a name; starts over when it is full. */
export function boundedMemory<T>(): (name: string, find: () => T) => T {
  const remembered = new Map<string, T>()
  return (name, find) => {
    const known = remembered.get(name)
    if (known !== undefined) return known
    const found = find()
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    // Nobody names a model like this; a long name would only take up room.
    if (name.length <= 200) remembered.set(name, found)
    return found
  }
}
