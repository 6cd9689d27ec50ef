import type { FaultName, Faults } from './fault-names.ts'
import { faultNames, isFaultName } from './fault-names.ts'
import { readNumber } from './read-value.ts'

/** Reads `name`, `name@number` or several joined by `+`; null when one is unknown or takes no number. */
export function readFaults(text: string): Faults | null {
  const faults = new Map<FaultName, number>()
  for (const written of text.split('+')) {
    const [name, at] = written.trim().split('@')
    if (name === undefined || !isFaultName(name)) return null
    const usual = faultNames[name].at
    if (at === undefined) {
      faults.set(name, usual ?? 0)
      continue
    }
    const number = readNumber(at)
    if (number === null || usual === null) return null
    faults.set(name, number)
  }
  return faults
}
