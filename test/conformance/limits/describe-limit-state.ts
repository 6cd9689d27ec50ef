import { describe } from 'vitest'
import { describeAdmission } from './admission.ts'
import { describeBooksModel } from './books-model.ts'
import { describeClockSteps } from './clock-steps.ts'
import { describeConcurrency } from './concurrency.ts'
import { describeOptions } from './options.ts'
import { describeQuotas } from './quotas.ts'
import { describeRestart } from './restart.ts'
import { describeRestartModel } from './restart-model.ts'
import { describeSettling } from './settling.ts'
import type { StateKind } from './state-kind.ts'
import { describeUpkeep } from './upkeep.ts'
import { describeWindowModel } from './window-model.ts'
import { describeWindows } from './windows.ts'

/** The promises of every `LimitState`, to be called once for each implementation. */
export function describeLimitState(kind: StateKind): void {
  describe(`limits in ${kind.name}`, () => {
    describeAdmission(kind)
    describeOptions(kind)
    describeSettling(kind)
    describeConcurrency(kind)
    describeWindows(kind)
    describeClockSteps(kind)
    describeUpkeep(kind)
    describeQuotas(kind)
    describeRestart(kind)
    describeBooksModel(kind)
    describeWindowModel(kind)
    describeRestartModel(kind)
  })
}
