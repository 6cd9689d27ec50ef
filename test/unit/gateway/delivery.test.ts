import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Delivery } from '../../../src/gateway/delivery.ts'
import type { Outgoing } from '../../../src/gateway/exchange.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { startAttempt } from './attempts.ts'

/** Bytes a client's connection takes before it asks to wait. */
const roomBytes = 100

/** A client that takes what it is told to take. */
function startDelivery() {
  const clock = virtualClock()
  const flow: boolean[] = []
  const seen = { head: 0, ended: false, destroyed: false, flow, gone: 0 }
  let waiting = 0
  let full = false
  let onDrain: () => void = () => {}
  let onGone: () => void = () => {}
  const outgoing: Outgoing = {
    head(status) {
      seen.head = status
    },
    write(bytes) {
      waiting += bytes.length
      full ||= waiting >= roomBytes
      return !full
    },
    end(bytes) {
      waiting += bytes?.length ?? 0
      seen.ended = true
    },
    destroy() {
      seen.destroyed = true
      waiting = 0
    },
    onDrain(callback) {
      onDrain = callback
    },
    onGone(callback) {
      onGone = callback
    },
    untaken: () => waiting,
  }
  const delivery = new Delivery(outgoing, clock, () => [])
  delivery.onFlow((flowing) => seen.flow.push(flowing))
  delivery.onGone(() => {
    seen.gone += 1
  })
  const take = (bytes: number) => {
    waiting = Math.max(0, waiting - bytes)
    if (waiting > 0 || !full) return
    full = false
    onDrain()
  }
  const { attempt } = startAttempt()
  const write = (bytes: number) => {
    const pieces = [new Uint8Array(bytes)]
    if (delivery.committed) delivery.write(pieces)
    else delivery.begin(attempt, 1, pieces)
  }
  return { clock, delivery, seen, take, write, leave: () => onGone() }
}

describe('a client that takes nothing', () => {
  it('is let go after 60 s', () => {
    const { clock, seen, write } = startDelivery()
    write(roomBytes)
    expect(seen.flow).toEqual([false])
    clock.advance(59_999)
    expect(seen.destroyed).toBe(false)
    clock.advance(1)
    expect(seen).toMatchObject({ destroyed: true, gone: 1 })
    expect(clock.waiting()).toBe(0)
  })

  it('is let go also when its reply has been written whole', () => {
    const { clock, delivery, seen, write } = startDelivery()
    write(10)
    delivery.end([new Uint8Array(10)])
    expect(seen.ended).toBe(true)
    clock.advance(60_000)
    expect(seen.destroyed).toBe(true)
  })

  it('is let go also when it was answered in one piece', () => {
    const { clock, delivery, seen } = startDelivery()
    delivery.answer(200, [], new Uint8Array(10))
    clock.advance(60_000)
    expect(seen.destroyed).toBe(true)
  })
})

describe('a client that reads slowly', () => {
  it('is waited for as long as it takes anything', () => {
    const { clock, seen, take, write } = startDelivery()
    write(roomBytes)
    for (let minute = 0; minute < roomBytes - 1; minute++) {
      take(1)
      clock.advance(59_000)
    }
    expect(seen.destroyed).toBe(false)
    expect(seen.flow).toEqual([false])
    take(1)
    expect(seen.flow).toEqual([false, true])
    expect(clock.waiting()).toBe(0)
  })

  it('that has taken everything leaves no timer behind', () => {
    const { clock, delivery, seen, take, write } = startDelivery()
    write(10)
    delivery.end([])
    take(10)
    clock.advance(600_000)
    expect(seen.destroyed).toBe(false)
    expect(clock.waiting()).toBe(0)
  })

  it('stops being waited for when it leaves', () => {
    const { clock, seen, write, leave } = startDelivery()
    write(roomBytes)
    leave()
    expect(seen.gone).toBe(1)
    expect(clock.waiting()).toBe(0)
    write(10)
    clock.advance(600_000)
    expect(seen.destroyed).toBe(false)
  })
})

describe('any client', () => {
  it('is let go after 60 to 65 s without progress, and never before', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 0, max: 100_000 }),
      take: fc.integer({ min: 0, max: 40 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const { clock, seen, take, write } = startDelivery()
        write(roomBytes)
        let left = roomBytes
        let movedMs = 0
        for (const one of steps) {
          clock.advance(one.waitMs)
          const silentMs = clock.monotonicMs() - movedMs
          if (seen.destroyed) {
            expect(silentMs).toBeGreaterThanOrEqual(60_000)
            return
          }
          expect(silentMs).toBeLessThan(65_000)
          take(one.take)
          left -= one.take
          if (one.take > 0) movedMs = clock.monotonicMs()
          if (left <= 0) return
        }
      }),
    )
  })
})
