/**
 * A map that nobody can change any more, nor what is in it: `Object.freeze` leaves `set` working.
 */
export function frozenMap<K, V>(entries: Iterable<readonly [K, V]>): ReadonlyMap<K, V> {
  const map = new Map(entries)
  for (const value of map.values()) deepFreeze(value)
  const refuse = (): never => {
    throw new TypeError('The catalog is frozen: a changed configuration makes a new one.')
  }
  for (const method of ['set', 'delete', 'clear'] as const) {
    Object.defineProperty(map, method, { value: refuse })
  }
  return Object.freeze(map)
}

/** Freezes plain objects and lists all the way down; maps and other things are left as they are. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && !Array.isArray(value)) return value
  Object.freeze(value)
  for (const member of Object.values(value)) deepFreeze(member)
  return value
}
