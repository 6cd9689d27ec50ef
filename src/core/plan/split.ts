import type { Arm, Assignment, Split } from '../experiment/split.ts'
import { hashSeed } from '../random.ts'
import type { Request } from '../request.ts'
import { drawKey } from './draw.ts'
import type { Occasion } from './occasion.ts'

/**
 * The arm a request belongs to. Whoever sticks (user or client) meets the same arm every time: weighted
 * rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005), so
 * that a changed weight moves only those it has to, and a rolled-back arm only its own. Who names no
 * user sticks by client.
 */
export function armOf(split: Split, request: Request, occasion: Occasion): Assignment {
  const { experiments, client } = occasion
  const by = split.by === 'user' && request.user === null ? 'client' : split.by
  const seed = hashSeed(`${split.alias}\n${stickyKey(by, request, client.name)}`)
  const [control] = split.arms
  let chosen: Arm | undefined = control
  let highest = Number.NEGATIVE_INFINITY
  let open = 0
  const halted: string[] = []
  for (const arm of split.arms) {
    const because = experiments?.halted(split, arm.name) ?? null
    if (because !== null) {
      halted.push(`arm ${arm.name} was rolled back: ${because}`)
      continue
    }
    open += arm.weight
    const key = drawKey(seed, arm.name, arm.weight)
    if (key > highest) {
      highest = key
      chosen = arm
    }
  }
  if (chosen === undefined) throw new Error('a compiled split has arms')
  const share = Number(((chosen.weight / open) * 100).toPrecision(3))
  const own = `arm ${chosen.name}: ${share} % of traffic by ${by}`
  return { split, arm: chosen, reason: [own, ...halted].join('; ') }
}

function stickyKey(by: Split['by'], request: Request, client: string): string {
  if (by === 'request') return request.id
  return by === 'user' ? `user ${request.user}` : `client ${client}`
}
