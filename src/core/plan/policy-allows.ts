import type { Policy } from '../catalog.ts'

/** Whether a policy allows a thing that goes by these names (`fast`, `openai/gpt-5`, `gpt-5`). */
export function policyAllows(policy: Policy, names: readonly string[]): boolean {
  for (const pattern of policy.allow) {
    for (const name of names) if (matchesPattern(pattern, name)) return true
  }
  return false
}

/**
 * `*` stands for any text, `/` included; everything else for itself. Each part is looked for
 * once, from left to right, so that no pattern can make the match slow.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  if (pattern === '*') return true
  const parts = pattern.split('*')
  const first = parts[0] ?? ''
  if (parts.length === 1) return name === pattern
  const last = parts[parts.length - 1] ?? ''
  if (name.length < first.length + last.length) return false
  if (!name.startsWith(first) || !name.endsWith(last)) return false
  let from = first.length
  const end = name.length - last.length
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}
