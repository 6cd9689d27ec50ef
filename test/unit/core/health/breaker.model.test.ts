import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../../../../src/core/failure.ts'
import { createFleet, type LiveFleet, type Underway } from '../../../../src/core/health/fleet.ts'
import { defaultHealth } from '../../../../src/core/health/settings.ts'
import { cancelled, failing, load, success, targetNamed } from './fleets.ts'

const targets = [targetNamed('a/m'), targetNamed('b/m'), targetNamed('c/m')]
const longestOpenMs = Math.max(defaultHealth.maxOpenForMs, defaultHealth.openForWhenQuietMs)
const shortestOpenMs = defaultHealth.openForMs / 2

const innocent: readonly FailureClass[] = [
  'invalid_request',
  'context_length_exceeded',
  'content_filtered',
  'model_not_found',
  'request_too_large',
  'shutting_down',
  'cancelled',
  'internal',
]
const guilty: readonly FailureClass[] = [
  'overloaded',
  'server_error',
  'unreachable',
  'timeout',
  'malformed_reply',
  'truncated',
]

interface Flying {
  readonly target: number
  readonly underway: Underway
  readonly sentInEra: number
}

/** What the model knows of one breaker: no thresholds, only what may never happen. */
interface Model {
  /** Openings seen so far. */
  era: number
  probe: Flying | null
  probeSentMs: number
  probeFailedMs: number
}

class World {
  fleet: LiveFleet = createFleet()
  nowMs = 0
  flying: Flying[] = []
  models: Model[] = targets.map(() => ({
    era: 0,
    probe: null,
    probeSentMs: Number.NEGATIVE_INFINITY,
    probeFailedMs: Number.NEGATIVE_INFINITY,
  }))

  state(target: number) {
    return this.vitals(target).breaker(this.nowMs)
  }

  availability(target: number) {
    return this.vitals(target).availability(this.nowMs)
  }

  vitals(target: number) {
    const found = targets[target]
    if (found === undefined) throw new Error('no such target')
    return this.fleet.vitals(found)
  }

  model(target: number): Model {
    const found = this.models[target]
    if (found === undefined) throw new Error('no such model')
    return found
  }

  /** Does something to one target, and sees that the others stay as they were. */
  at(target: number, act: () => void): void {
    const others = targets.map((_, index) => index).filter((index) => index !== target)
    const before = others.map((index) => JSON.stringify(this.availability(index)))
    const closed = this.state(target) === 'closed'
    act()
    expect(others.map((index) => JSON.stringify(this.availability(index)))).toEqual(before)
    if (closed && this.state(target) !== 'closed') this.model(target).era++
    const found = this.availability(target)
    if (found.state === 'unavailable' && this.state(target) === 'open') {
      expect(found.untilMs - this.nowMs).toBeLessThanOrEqual(longestOpenMs)
    }
  }
}

type Command = fc.Command<object, World>

const always = { check: () => true }

const send = (target: number): Command => ({
  ...always,
  toString: () => `send(${target})`,
  run(_, world) {
    const model = world.model(target)
    const offered = world.availability(target).state === 'probe'
    world.at(target, () => {
      const found = targets[target]
      if (found === undefined) return
      const underway = world.fleet.sent(found, load, world.nowMs)
      const flying = { target, underway, sentInEra: model.era }
      world.flying.push(flying)
      expect(underway.probe).toBe(offered)
      if (!offered) return
      // One at a time, and one per interval.
      const lapsed = world.nowMs - model.probeSentMs >= 60_000
      expect(model.probe === null || lapsed).toBe(true)
      expect(world.nowMs - model.probeFailedMs).toBeGreaterThanOrEqual(shortestOpenMs)
      model.probe = flying
      model.probeSentMs = world.nowMs
      expect(world.availability(target).state).toBe('unavailable')
    })
  },
})

function take(world: World, pick: number): Flying | null {
  if (world.flying.length === 0) return null
  return world.flying.splice(pick % world.flying.length, 1)[0] ?? null
}

const succeed = (pick: number, firstOutput: boolean): Command => ({
  ...always,
  toString: () => `succeed(${pick})`,
  run(_, world) {
    const flying = take(world, pick)
    if (flying === null) return
    const model = world.model(flying.target)
    const state = world.state(flying.target)
    world.at(flying.target, () => {
      if (firstOutput) flying.underway.firstOutput(world.nowMs)
      else flying.underway.ended(success(), world.nowMs)
    })
    // Whatever was sent after it opened, and is answered, closes it; nothing older does.
    const closes = state !== 'closed' && flying.sentInEra === model.era
    expect(world.state(flying.target)).toBe(closes ? 'closed' : state)
    if (closes) {
      model.probe = null
      model.probeFailedMs = Number.NEGATIVE_INFINITY
      expect(['ready', 'ramping']).toContain(world.availability(flying.target).state)
    }
    if (firstOutput) flying.underway.ended(success(), world.nowMs)
  },
})

const fail = (pick: number, kind: FailureClass): Command => ({
  ...always,
  toString: () => `fail(${pick}, ${kind})`,
  run(_, world) {
    const flying = take(world, pick)
    if (flying === null) return
    const model = world.model(flying.target)
    const state = world.state(flying.target)
    world.at(flying.target, () => flying.underway.ended(failing(kind), world.nowMs))
    if (innocent.includes(kind)) expect(world.state(flying.target)).toBe(state)
    if (model.probe !== flying) return
    model.probe = null
    if (state === 'half-open' && guilty.includes(kind)) {
      model.probeFailedMs = world.nowMs
      expect(world.state(flying.target)).toBe('open')
    }
  },
})

const cancel = (pick: number): Command => ({
  ...always,
  toString: () => `cancel(${pick})`,
  run(_, world) {
    const flying = take(world, pick)
    if (flying === null) return
    const state = world.state(flying.target)
    world.at(flying.target, () => flying.underway.ended(cancelled, world.nowMs))
    expect(world.state(flying.target)).toBe(state)
    if (world.model(flying.target).probe === flying) world.model(flying.target).probe = null
  },
})

const tick = (forMs: number): Command => ({
  ...always,
  toString: () => `tick(${forMs})`,
  run(_, world) {
    world.nowMs += forMs
    for (const index of targets.keys()) {
      const wasOpen = world.state(index) !== 'closed'
      if (forMs > longestOpenMs && wasOpen) expect(world.state(index)).toBe('half-open')
    }
  },
})

/** Another process with another clock takes over; what was under way is lost. */
const restart = (downMs: number, clockStartMs: number): Command => ({
  ...always,
  toString: () => `restart(${downMs}, ${clockStartMs})`,
  run(_, world) {
    const snapshot: unknown = JSON.parse(JSON.stringify(world.fleet.snapshot(world.nowMs)))
    const states = targets.map((_, index) => world.state(index))
    world.fleet = createFleet()
    world.nowMs = clockStartMs
    world.fleet.restore(snapshot, world.nowMs)
    expect(targets.map((_, index) => world.state(index))).toEqual(states)
    world.flying = []
    for (const model of world.models) {
      model.probe = null
      model.probeFailedMs = Number.NEGATIVE_INFINITY
    }
    world.nowMs += downMs
  },
})

const anyTarget = fc.integer({ min: 0, max: targets.length - 1 })
const anyPick = fc.nat(20)

const commands = [
  anyTarget.map(send),
  anyTarget.map(send),
  anyTarget.map(send),
  fc.tuple(anyPick, fc.boolean()).map(([pick, first]) => succeed(pick, first)),
  fc.tuple(anyPick, fc.constantFrom(...guilty)).map(([pick, kind]) => fail(pick, kind)),
  fc.tuple(anyPick, fc.constantFrom(...guilty)).map(([pick, kind]) => fail(pick, kind)),
  fc.tuple(anyPick, fc.constantFrom(...innocent)).map(([pick, kind]) => fail(pick, kind)),
  anyPick.map(cancel),
  fc.integer({ min: 0, max: 20_000 }).map(tick),
  fc.integer({ min: 0, max: 50 }).map(tick),
  fc
    .tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: -1_000_000, max: 1_000_000 }))
    .map(([down, start]) => restart(down, start)),
]

describe('the breakers of a fleet', () => {
  it('hold what they promise, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 120 }), (sequence) => {
        fc.modelRun(() => ({ model: {}, real: new World() }), sequence)
      }),
      { numRuns: 1_000 },
    )
  })
})
