import type { Outcome } from '../../core/failure.ts'
import { failed, failure, ok } from '../../core/failure.ts'
import type { Behaviour } from './behaviour.ts'
import { noTrouble, openGate } from './behaviour.ts'
import { settings, troubleSettings } from './settings.ts'

/**
 * Changes a behaviour by texts of the form `key=value;key=value`, the weakest first. A later text overrules an
 * earlier one key by key; one that speaks of trouble (a fault, a status, …) replaces all trouble of
 * the earlier ones, so that defaults of the mock never mix with the fault a test asks for.
 */
export function parseBehaviour(base: Behaviour, texts: readonly string[]): Outcome<Behaviour> {
  let behaviour = base
  for (const text of texts) {
    const pairs = pairsOf(text)
    if (pairs.some(([key]) => troubleSettings.has(key))) {
      behaviour = { ...behaviour, trouble: noTrouble, gate: openGate }
    }
    for (const [key, value] of pairs) {
      const setting = settings.get(key)
      if (setting === undefined) return unknownKey(key)
      const changed = setting.read(behaviour, value)
      if (changed === null) return refused(key, value, setting.expects)
      behaviour = changed
    }
  }
  return ok(behaviour)
}

function pairsOf(text: string): [string, string][] {
  return text
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      if (equals < 0) return [pair, '']
      return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
    })
}

function unknownKey(key: string): Outcome<Behaviour> {
  const known = [...settings.keys()].join(', ')
  return failed(failure('invalid_request', `The mock knows no "${key}". It knows: ${known}.`))
}

function refused(key: string, value: string, expects: string): Outcome<Behaviour> {
  return failed(failure('invalid_request', `"${key}=${value}": ${key} must be ${expects}.`))
}
