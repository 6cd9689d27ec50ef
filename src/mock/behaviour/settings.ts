import type { FinishReason } from '../../core/reply.ts'
import type { Behaviour, Gate, Trouble } from './behaviour.ts'
import { usageFaults } from './behaviour.ts'
import { errorKinds, isErrorKind } from './error-kinds.ts'
import { faultNames } from './fault-names.ts'
import { readFaults } from './read-faults.ts'
import { oneOf, readNumber, readWindow } from './read-value.ts'

export interface Setting {
  /** Completes "must be …" when a value is refused. */
  readonly expects: string
  /** The behaviour with this value in it; null refuses the value. */
  read(behaviour: Behaviour, value: string): Behaviour | null
}

const finishes: readonly FinishReason[] = [
  'stop',
  'length',
  'tool-calls',
  'content-filter',
  'refusal',
]

/** Keys of the behaviour syntax, in the order the reference lists them. */
export const settings: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ['ttft', ms((behaviour, firstTokenMs) => ({ ...behaviour, firstTokenMs }))],
  ['preamble', ms((behaviour, preambleMs) => ({ ...behaviour, preambleMs }))],
  ['jitter', ms((behaviour, jitterMs) => ({ ...behaviour, jitterMs }))],
  [
    'tps',
    number('tokens per second, 0 for all at once', (behaviour, tokensPerSecond) => ({
      ...behaviour,
      tokensPerSecond,
    })),
  ],
  ['tokens', count((behaviour, tokens) => ({ ...behaviour, tokens }))],
  ['seed', count((behaviour, seed) => ({ ...behaviour, seed }))],
  ['reasoning', count((behaviour, reasoningTokens) => ({ ...behaviour, reasoningTokens }))],
  ['tools', count((behaviour, toolCalls) => ({ ...behaviour, toolCalls }))],
  ['finish', choice(finishes, (behaviour, finish) => ({ ...behaviour, finish }))],
  ['input', count((behaviour, inputTokens) => ({ ...behaviour, inputTokens }))],
  ['cached', count((behaviour, cachedTokens) => ({ ...behaviour, cachedTokens }))],
  ['cache-write', count((behaviour, cacheWriteTokens) => ({ ...behaviour, cacheWriteTokens }))],
  ['close-idle', ms((behaviour, closeIdleMs) => ({ ...behaviour, closeIdleMs }))],
  ['header', { expects: 'name:value', read: addHeader }],
  [
    'status',
    number('a status from 300 to 599', (behaviour, status) =>
      status < 300 || status > 599 ? null : withTrouble(behaviour, { status }),
    ),
  ],
  [
    'error',
    {
      expects: `one of ${Object.keys(errorKinds).join(', ')}`,
      read: (behaviour, value) =>
        isErrorKind(value) ? withTrouble(behaviour, { error: value }) : null,
    },
  ],
  [
    'retry-after',
    {
      expects: 'seconds, date:SECONDS, garbage, years or none',
      read: (behaviour, value) =>
        /^(\d+(\.\d+)?|date:\d+|garbage|years|none)$/.test(value)
          ? withTrouble(behaviour, { retryAfter: value })
          : null,
    },
  ],
  [
    'location',
    {
      expects: 'an address',
      read: (behaviour, location) => withTrouble(behaviour, { location }),
    },
  ],
  ['usage', choice(usageFaults, (behaviour, usage) => withTrouble(behaviour, { usage }))],
  [
    'fault',
    {
      expects: `one or more, joined by +, of ${Object.keys(faultNames).join(', ')}`,
      read: (behaviour, value) => {
        const faults = readFaults(value)
        return faults === null ? null : withTrouble(behaviour, { faults })
      },
    },
  ],
  ['times', count((behaviour, times) => withGate(behaviour, { times }))],
  ['key', { expects: 'a name', read: (behaviour, key) => withGate(behaviour, { key }) }],
  [
    'outage',
    {
      expects: 'FROM..TO in milliseconds since the start',
      read: (behaviour, value) => {
        const outage = readWindow(value)
        return outage === null ? null : withGate(behaviour, { outage })
      },
    },
  ],
  [
    'rate',
    number('a share from 0 to 1', (behaviour, rate) =>
      rate > 1 ? null : withGate(behaviour, { rate }),
    ),
  ],
])

/** Keys that make trouble; the gate alone makes none. */
export const troubleSettings: ReadonlySet<string> = new Set(['status', 'error', 'usage', 'fault'])

function withTrouble(behaviour: Behaviour, change: Partial<Trouble>): Behaviour {
  return { ...behaviour, trouble: { ...behaviour.trouble, ...change } }
}

function withGate(behaviour: Behaviour, change: Partial<Gate>): Behaviour {
  return { ...behaviour, gate: { ...behaviour.gate, ...change } }
}

function number(
  expects: string,
  change: (behaviour: Behaviour, value: number) => Behaviour | null,
): Setting {
  return {
    expects,
    read: (behaviour, text) => {
      const value = readNumber(text)
      return value === null ? null : change(behaviour, value)
    },
  }
}

function ms(change: (behaviour: Behaviour, value: number) => Behaviour): Setting {
  return number('a number of milliseconds', change)
}

function count(change: (behaviour: Behaviour, value: number) => Behaviour): Setting {
  return number('a whole number', (behaviour, value) =>
    Number.isInteger(value) ? change(behaviour, value) : null,
  )
}

function choice<T extends string>(
  values: readonly T[],
  change: (behaviour: Behaviour, value: T) => Behaviour,
): Setting {
  return {
    expects: `one of ${values.join(', ')}`,
    read: (behaviour, text) => {
      const value = oneOf(values, text)
      return value === null ? null : change(behaviour, value)
    },
  }
}

function addHeader(behaviour: Behaviour, value: string): Behaviour | null {
  const colon = value.indexOf(':')
  if (colon < 1) return null
  const header = [
    value.slice(0, colon).trim().toLowerCase(),
    value.slice(colon + 1).trim(),
  ] as const
  return { ...behaviour, headers: [...behaviour.headers, header] }
}
