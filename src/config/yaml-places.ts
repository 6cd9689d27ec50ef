import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair } from 'yaml'
import type { Path } from './problem.ts'

/** A path that is longer tells nobody anything. */
const DEEPEST_SHOWN = 20

export function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key)
}

export function offsetOfKey(pair: Pair): number | null {
  return isNode(pair.key) ? (pair.key.range?.[0] ?? null) : null
}

/** Where a path stands in the text; for what is missing, where its nearest parent stands. */
export function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: unknown = document.contents
  let keyOffset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  let valueOffset = keyOffset
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isSeq(node)) {
      const item: unknown = node.items[Number(step)]
      if (!isNode(item)) return keyOffset
      node = item
      keyOffset = item.range?.[0] ?? keyOffset
      valueOffset = keyOffset
    } else if (isMap(node)) {
      const pair = node.items.find((candidate) => keyText(candidate) === String(step))
      if (pair === undefined) return keyOffset
      node = pair.value
      keyOffset = offsetOfKey(pair) ?? keyOffset
      valueOffset = (isNode(node) ? node.range?.[0] : undefined) ?? keyOffset
    } else {
      return keyOffset
    }
  }
  return part === 'key' ? keyOffset : valueOffset
}

/** The innermost path whose text holds an offset. */
export function pathAt(contents: unknown, offset: number): Path {
  let node = contents
  const path: (string | number)[] = []
  while (path.length < DEEPEST_SHOWN) {
    if (isSeq(node)) {
      const index = node.items.findIndex((item) => covers(item, offset))
      if (index < 0) return path
      path.push(index)
      node = node.items[index]
    } else if (isMap(node)) {
      const pair = node.items.findLast((candidate) => (offsetOfKey(candidate) ?? 0) <= offset)
      if (pair === undefined) return path
      path.push(keyText(pair))
      node = pair.value
    } else {
      return path
    }
  }
  return path
}

function covers(node: unknown, offset: number): boolean {
  if (!isNode(node)) return false
  const range = node.range
  return range !== undefined && range !== null && range[0] <= offset && offset <= range[2]
}
