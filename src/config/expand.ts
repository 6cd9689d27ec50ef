import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { Findings, Path } from './problem.ts'
import type { Environment } from './settings.ts'

const variable = /\$\{([^}]*)\}/g
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * A text with every `${NAME}` replaced from the environment, or null when one is not set, which is
 * reported by name. Values of the environment never reach a message.
 */
export function expandVariables(
  text: string,
  path: Path,
  environment: Environment,
  findings: Findings,
): string | null {
  if (text.replace(variable, '').includes(`\${`)) {
    findings.problem(path, `begins a variable with \${ and does not close it; write \${NAME}`)
    return null
  }
  let complete = true
  const expanded = text.replace(variable, (_, name: string) => {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (value !== undefined && value.trim() !== '') return value.trim()
    complete = false
    findings.problem(path, missing(name, value))
    return ''
  })
  return complete ? expanded : null
}

function missing(name: string, value: string | undefined): string {
  if (!variableName.test(name)) {
    return `names no variable: write \${NAME}, with letters, digits and _ only`
  }
  return value === undefined
    ? `needs the environment variable ${name}, which is not set`
    : `needs the environment variable ${name}, which is empty`
}

/** The same for every text inside a value; null when anything is missing. */
export function expandInside(
  value: JsonObject,
  path: Path,
  environment: Environment,
  findings: Findings,
): JsonObject | null {
  let complete = true
  const expand = (part: JsonValue, at: Path): JsonValue => {
    if (typeof part === 'string') {
      const expanded = expandVariables(part, at, environment, findings)
      if (expanded === null) complete = false
      return expanded ?? ''
    }
    if (Array.isArray(part)) return part.map((item, index) => expand(item, [...at, index]))
    if (!isObject(part)) return part
    return expandMembers(part, at)
  }
  const expandMembers = (object: JsonObject, at: Path): JsonObject =>
    Object.fromEntries(
      Object.entries(object).map(([key, member]) => [key, expand(member ?? null, [...at, key])]),
    )
  const expanded = expandMembers(value, path)
  return complete ? expanded : null
}

/**
 * Reports each `${NAME}` that stands where nothing is expanded, so that it is not taken
 * literally.
 */
export function reportMisplacedVariables(tree: unknown, findings: Findings, path: Path = []): void {
  if (takesSecrets(path)) return
  if (typeof tree === 'string') {
    if (tree.includes(`\${`)) {
      const message = `expands no \${…}: only state, and apiKey, apiKeys and options of a provider do`
      findings.problem(path, `${message}; write the value itself`)
    }
    return
  }
  if (Array.isArray(tree)) {
    for (const [index, item] of tree.entries()) {
      reportMisplacedVariables(item, findings, [...path, index])
    }
  } else if (isObject(tree)) {
    for (const [key, member] of Object.entries(tree)) {
      if (key.includes(`\${`)) {
        findings.problem([...path, key], `is a name, and names expand no \${…}`, 'key')
      }
      reportMisplacedVariables(member, findings, [...path, key])
    }
  }
}

function takesSecrets(path: Path): boolean {
  if (path.length === 1 && path[0] === 'state') return true
  return path.length === 3 && path[0] === 'providers' && secretFields.has(String(path[2]))
}

const secretFields = new Set(['apiKey', 'apiKeys', 'options'])
