import type { Outcome } from '../../core/failure.ts'
import type { Behaviour } from './behaviour.ts'
import { parseBehaviour } from './parse-behaviour.ts'

/** What a model name asks for: `mock-small;ttft=200` is the model `mock-small` with `ttft=200`. */
export interface ModelName {
  readonly model: string
  readonly behaviour: string
}

export function splitModelName(name: string): ModelName {
  const semicolon = name.indexOf(';')
  if (semicolon < 0) return { model: name, behaviour: '' }
  return { model: name.slice(0, semicolon), behaviour: name.slice(semicolon + 1) }
}

/** Behaviour written in headers: `x-mock: key=value;…` and `x-mock-KEY: value`. Empty when there is none. */
export function behaviourInHeaders(headers: Readonly<Record<string, string>>): string {
  let text = ''
  for (const name in headers) {
    if (!name.startsWith('x-mock')) continue
    const value = headers[name] ?? ''
    if (name === 'x-mock') text = text === '' ? value : `${text};${value}`
    else if (name[6] === '-') text += `;${name.slice(7)}=${value}`
  }
  return text
}

export interface BehaviourBook {
  /** The behaviour for a request: defaults < that of the model < model name < headers. */
  find(name: ModelName, headers: Readonly<Record<string, string>>): Outcome<Behaviour>
}

const MOST_REMEMBERED = 1000

/** Parses each combination once: under load thousands of requests a second carry the same text. */
export function createBehaviourBook(
  defaults: Behaviour,
  byModel: Readonly<Record<string, string>>,
): BehaviourBook {
  const known = new Map<string, Outcome<Behaviour>>()
  return {
    find({ model, behaviour }, headers) {
      const ofModel = Object.hasOwn(byModel, model) ? (byModel[model] ?? '') : ''
      const ofHeaders = behaviourInHeaders(headers)
      const key = `${ofModel}\n${behaviour}\n${ofHeaders}`
      let found = known.get(key)
      if (found === undefined) {
        found = parseBehaviour(defaults, [ofModel, behaviour, ofHeaders])
        if (known.size >= MOST_REMEMBERED) known.clear()
        known.set(key, found)
      }
      return found
    },
  }
}
