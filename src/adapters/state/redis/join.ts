import { noteOf } from './deeds.ts'
import type { Asking } from './link.ts'
import { joinScript } from './lua/join.ts'
import { Away } from './problems.ts'
import { unexpected } from './reply.ts'
import type { Sharing } from './sharing.ts'

/** How things stand in Redis, as `joinScript` says. */
export interface Joined {
  readonly nowMs: number
  readonly epoch: number
  /** False while gateways tell anew what they know. */
  readonly ready: boolean
  readonly replicas: number
  /** Of the limits set at run time. */
  readonly version: number
  readonly skew: number
  readonly wallOffset: number
  readonly lastDone: number
  /** What is noted of each deed in doubt. */
  readonly noted: readonly string[]
}

/** Keys and arguments of `joinScript`. `stepMs`: by how much the clock of the server was set. */
export function joinCall(
  { standing, deeds, replicas }: Sharing,
  stepMs: number,
  skew: number,
): { readonly keys: readonly string[]; readonly values: readonly string[] } {
  const values = [
    standing.gatewayId,
    standing.epoch === 0 ? '' : String(standing.epoch),
    String(deeds.lastDone),
    String(Math.round(stepMs)),
    String(skew),
    String(replicas.count),
  ]
  for (const { number } of deeds.doubtful) values.push(noteOf(number))
  return { keys: [...standing.keys, standing.names.gateways], values }
}

/** null: the reply is none of `joinScript`. */
export function readJoined(reply: unknown): Joined | null {
  if (!Array.isArray(reply)) return null
  const numbers = reply.slice(0, 8).map(Number)
  const [nowMs, epoch, ready, replicas, version, skew, wallOffset, lastDone] = numbers
  if (
    nowMs === undefined ||
    epoch === undefined ||
    replicas === undefined ||
    version === undefined ||
    skew === undefined ||
    wallOffset === undefined ||
    lastDone === undefined
  ) {
    return null
  }
  const noted = reply.slice(8).map(String)
  return { nowMs, epoch, ready: ready === 1, replicas, version, skew, wallOffset, lastDone, noted }
}

/**
 * Joins on a new connection. Where the server's clock was set since the last answer, the time of the
 * books is kept going evenly, and the books are told anew: their keys may have expired too soon.
 */
export async function join(sharing: Sharing, asking: Asking): Promise<Joined> {
  const once = async (stepMs: number, skew: number) => {
    const sentMs = sharing.clock.monotonicMs()
    const { keys, values } = joinCall(sharing, stepMs, skew)
    const joined = readJoined(await asking.call(joinScript, keys, values))
    if (joined === null) throw unexpected()
    return { joined, stepMs: sharing.time.heard(joined.nowMs, sentMs) }
  }
  const first = await once(0, 0)
  if (first.stepMs === 0) return first.joined
  const second = await once(first.stepMs, first.joined.skew)
  if (second.stepMs !== 0) throw new Away('has had its clock set')
  return second.joined
}

/** Takes over what holds for everybody. */
export function follow({ standing, deeds, replicas, clock }: Sharing, joined: Joined): void {
  standing.wallOffset = joined.wallOffset
  deeds.lastDone = Math.max(deeds.lastDone, joined.lastDone)
  replicas.counted(joined.replicas, clock.monotonicMs())
}
