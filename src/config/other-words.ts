import type { Path } from './problem.ts'

const limitWords = new Set([
  'budget',
  'budgets',
  'maxBudget',
  'quota',
  'quotas',
  'rateLimit',
  'rateLimits',
  'rpm',
  'tpm',
])

const limited = new Set(['providers', 'models', 'policies', 'clients'])

/** What to write in place of a word that other gateways have for limits; null for other words. */
export function limitsInstead(parent: Path, key: string): string | null {
  if (!limitWords.has(key)) return null
  if (parent.length === 0) return 'write limits: { user: [{ per: minute, requests: 100 }] }'
  if (parent.length !== 2 || !limited.has(String(parent[0]))) return null
  return 'write limits: [{ per: minute, requests: 100 }, { per: day, cost: 5.00 }]'
}
