import { type Arm, newArm } from './arm.ts'
import { dimension } from './features.ts'
import { newPacer, type Pacer } from './pacer.ts'

/** Everything a bandit knows; see `bandit-snapshot.ts` for how it is kept. */
export interface BanditState {
  readonly shared: Arm
  readonly arms: Map<string, Arm>
  readonly pacer: Pacer
  /** Share of the last requests by target, faded. */
  readonly shares: Map<string, number>
  /** Features of the last requests, in a ring; `heard` counts them all. */
  readonly recent: Float64Array[]
  heard: number
}

export function newBanditState(): BanditState {
  return {
    shared: newArm(dimension),
    arms: new Map(),
    pacer: newPacer(),
    shares: new Map(),
    recent: [],
    heard: 0,
  }
}
