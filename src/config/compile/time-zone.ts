import { didYouMean, nearNames } from '../../core/near-names.ts'
import type { Findings, Path } from '../problem.ts'

/** Says what is wrong with a time zone that does not exist. */
export function reportUnknownZone(zone: string, path: Path, findings: Findings): void {
  const near = didYouMean(nearNames(zone, Intl.supportedValuesOf('timeZone')))
  const message = `"${zone}" is no time zone; use an IANA name such as Europe/Berlin`
  findings.problem(path, `${message}${near && `.${near}`}`)
}
