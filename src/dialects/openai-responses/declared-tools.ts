import { arrayAt, isObject, type JsonObject, stringAt } from '../../core/json.ts'

/** How the client knows a tool that travels under one plain name. */
export interface DeclaredTool {
  readonly name: string
  readonly namespace: string | null
  /** Takes free text instead of JSON, see custom-tools. */
  readonly custom: boolean
}

/**
 * The name under which a tool, a call of it or a choice of it travels. Other dialects have no
 * namespaces, and two of them may hold tools of one name.
 */
export function carriedName(name: string, namespace: string | null): string {
  if (namespace === null || namespace === '') return name
  return namespace.endsWith('__') ? `${namespace}${name}` : `${namespace}__${name}`
}

/** Looks up a request's tools by carried name; a name nobody declared stays as it is. */
export function declaredTools(body: JsonObject): (carried: string) => DeclaredTool {
  const tools = new Map<string, DeclaredTool>()
  const declare = (tool: JsonObject, namespace: string | null) => {
    const name = stringAt(tool, 'name') ?? ''
    const custom = tool['type'] === 'custom'
    tools.set(carriedName(name, namespace), { name, namespace, custom })
  }
  for (const tool of arrayAt(body, 'tools').filter(isObject)) {
    if (tool['type'] !== 'namespace') declare(tool, null)
    for (const member of arrayAt(tool, 'tools').filter(isObject)) {
      declare(member, stringAt(tool, 'name'))
    }
  }
  return (carried) => tools.get(carried) ?? { name: carried, namespace: null, custom: false }
}
