/**
 * Objects of it have no prototype to speak of: a header may be called `__proto__`. Unlike those of
 * `Object.create(null)`, which are hash tables, the engine knows their shape: the same few headers come
 * with every request, and are found and walked several times each.
 */
class HeaderMap {
  readonly [name: string]: string
}
Object.setPrototypeOf(HeaderMap.prototype, null)
Reflect.deleteProperty(HeaderMap.prototype, 'constructor')

/** Headers by their lower-case names, none so far. */
export function newHeaderMap(): Record<string, string> {
  return new HeaderMap()
}
