import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml'
import { formatPath, type Locate, type Path, type Problem } from './problem.ts'
import { unreadable, unresolvedAlias, yamlFaults } from './yaml-faults.ts'
import { keyText, offsetOf, offsetOfKey, pathAt } from './yaml-places.ts'

/** A fault of the YAML itself, before anything is known of its meaning. */
export interface YamlFault {
  readonly path: Path
  readonly offset: number
  readonly message: string
}

export type YamlResult = {
  readonly locate: Locate
  readonly positionAt: (offset: number) => { line: number; column: number }
} & (
  | { readonly ok: true; readonly tree: unknown }
  | { readonly ok: false; readonly faults: readonly YamlFault[] }
)

/** Deeper than any configuration, far less than what overflows the stack. */
const DEEPEST = 40
/** Of one kind of fault; more are the same fault again. */
const MOST_FAULTS = 20
/** How often one anchor may be expanded: aliases that hold aliases multiply ("billion laughs"). */
const MOST_ALIASES = 1_000

/** Reads YAML into plain values, and keeps for every path the place it was written at. */
export function parseYaml(text: string): YamlResult {
  const lineCounter = new LineCounter()
  const positionAt = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const nowhere = { locate: () => ({ line: 1, column: 1 }), positionAt }
  let document: Document.Parsed
  try {
    document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true })
  } catch {
    // The parser gives up by throwing when nesting exhausts the stack.
    const fault = { path: [], offset: 0, message: 'is nested too deeply' }
    return { ok: false, faults: [fault], ...nowhere }
  }
  const locate: Locate = (path, part) => positionAt(offsetOf(document, path, part))
  const syntax = syntaxFaults(document)
  const faults = syntax.length > 0 ? syntax : structureFaults(document.contents, [], [], document)
  if (faults.length > 0) return { ok: false, faults, locate, positionAt }
  try {
    const tree: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
    return { ok: true, tree, locate, positionAt }
  } catch {
    const fault = { path: [], offset: 0, message: 'uses its aliases (*name) too often' }
    return { ok: false, faults: [fault], locate, positionAt }
  }
}

/**
 * Repeated keys and strange tags one by one; of what breaks the structure only the first, which
 * breaks the rest.
 */
function syntaxFaults(document: Document.Parsed): YamlFault[] {
  const all = [...document.errors, ...document.warnings]
  const breaking = all.find(({ code }) => code !== 'DUPLICATE_KEY' && code !== 'TAG_RESOLVE_FAILED')
  return (breaking === undefined ? all.slice(0, MOST_FAULTS) : [breaking]).map((error) => {
    const offset = error.pos[0]
    const message = yamlFaults[error.code] ?? unreadable
    const path = error.code === 'MULTIPLE_DOCS' ? [] : pathAt(document.contents, offset)
    return { path, offset, message }
  })
}

/** What YAML allows and a configuration does not: endless nesting, `__proto__`. */
function structureFaults(
  node: unknown,
  path: Path,
  ancestors: readonly Node[],
  document: Document.Parsed,
): YamlFault[] {
  if (!isNode(node)) return []
  const offset = node.range?.[0] ?? 0
  if (isAlias(node)) {
    const target = node.resolve(document)
    if (target === undefined) return [{ path, offset, message: unresolvedAlias }]
    if (!ancestors.includes(target)) return []
    return [{ path, offset, message: 'is an alias (*name) of something it stands in' }]
  }
  if (ancestors.length > DEEPEST) return [{ path, offset, message: 'is nested too deeply' }]
  const inside = [...ancestors, node]
  if (isSeq(node)) {
    return node.items.flatMap((item, index) =>
      structureFaults(item, [...path, index], inside, document),
    )
  }
  if (!isMap(node)) return []
  return node.items.flatMap((pair) => {
    const key = keyText(pair)
    if (key === '__proto__') {
      return [{ path, offset: offsetOfKey(pair) ?? offset, message: 'has a forbidden key' }]
    }
    return structureFaults(pair.value, [...path, key], inside, document)
  })
}

/** The faults of a file, each with its line. */
export function faultProblems(
  { faults, positionAt }: Extract<YamlResult, { ok: false }>,
  file: string,
): Problem[] {
  return faults.map(({ path, offset, message }) => ({
    severity: 'error',
    file,
    ...positionAt(offset),
    path: formatPath(path),
    message,
  }))
}
