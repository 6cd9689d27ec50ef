import type { Limit, Metric, Scope } from './limit.ts'

/** `100 requests per minute (burst 10)`, `$5.00 per day`, `10 requests at a time` */
export function limitWords({ metric, per, amount, burst }: Limit): string {
  const period = metric === 'concurrent' ? ' at a time' : per === null ? '' : ` per ${per}`
  const more = burst > 0 ? ` (burst ${figure(metric, burst)})` : ''
  return `${quantity(metric, amount)}${period}${more}`
}

/** `100 requests`, `1 input token`, `$0.0123` */
export function quantity(metric: Metric, amount: number): string {
  if (metric === 'cost') return dollars(amount)
  const [one, many] = units[metric]
  return `${amount} ${amount === 1 ? one : many}`
}

/** The number alone, money as money: `100`, `$0.0123`. */
export function figure(metric: Metric, amount: number): string {
  return metric === 'cost' ? dollars(amount) : String(amount)
}

const units = {
  requests: ['request', 'requests'],
  inputTokens: ['input token', 'input tokens'],
  outputTokens: ['output token', 'output tokens'],
  tokens: ['token', 'tokens'],
  concurrent: ['request', 'requests'],
} as const satisfies Record<Exclude<Metric, 'cost'>, readonly [string, string]>

/** In whole units, money in millionths of a dollar: what is finer nobody wants to read. */
export function readable(metric: Metric, amount: number, towards: 'up' | 'down'): number {
  const unit = metric === 'cost' ? 1_000 : 1
  return (towards === 'up' ? Math.ceil(amount / unit) : Math.floor(amount / unit)) * unit
}

/** At least cents, at most millionths, without zeros that say nothing. */
function dollars(nanoUsd: number): string {
  const digits = (nanoUsd / 1e9).toFixed(6)
  return `$${digits.replace(/0{1,4}$/, '')}`
}

/** `user alice`, `client web and model fast`, `all clients together` for one that is global. */
export function subjectWords(dimensions: readonly Scope[], subject: string): string {
  const words: string[] = []
  let rest = subject
  for (const [at, scope] of dimensions.entries()) {
    if (scope === 'global') continue
    const next = dimensions[at + 1]
    const end = next === undefined ? -1 : rest.indexOf(`|${next}:`)
    const part = end < 0 ? rest : rest.slice(0, end)
    words.push(`${scopeWords[scope]} ${shortened(part.slice(scope.length + 1))}`)
    rest = rest.slice(part.length + 1)
  }
  return words.length === 0 ? 'all clients together' : words.join(' and ')
}

const scopeWords: Readonly<Record<Exclude<Scope, 'global'>, string>> = {
  provider: 'provider',
  target: 'target',
  ip: 'address',
  user: 'user',
  client: 'client',
  policy: 'policy',
  model: 'model',
}

/** Clients make up names of users. */
function shortened(name: string): string {
  return name.length <= 80 ? name : `${name.slice(0, 79)}…`
}

/** Rounded up, in the two units that matter: `12 s`, `3 min`, `5 h 12 min`, `11 d 3 h`. */
export function waitWords(waitMs: number): string {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  if (seconds <= 120) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return inTwo(minutes, 60, 'h', 'min')
  return inTwo(Math.ceil(minutes / 60), 24, 'd', 'h')
}

function inTwo(small: number, perLarge: number, large: string, unit: string): string {
  const rest = small % perLarge
  const whole = `${(small - rest) / perLarge} ${large}`
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`
}
