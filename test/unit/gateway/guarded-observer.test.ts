import { expect, it } from 'vitest'
import { failure } from '../../../src/core/failure.ts'
import { GuardedObserver } from '../../../src/gateway/guarded-observer.ts'

const fault = new Error('a fault of our own')
const raise = () => {
  throw fault
}

it('keeps a fault in what is told from reaching the one who tells it', () => {
  const threw: unknown[] = []
  const inner = {
    connected: raise,
    head: raise,
    data: raise,
    events: raise,
    warnings: () => {},
    ended: raise,
    failed: raise,
  }
  const guarded = new GuardedObserver(inner, (error) => threw.push(error))
  guarded.connected()
  guarded.head(200, {})
  guarded.data(new Uint8Array(1))
  guarded.events([])
  guarded.warnings([])
  guarded.ended()
  guarded.failed(failure('unreachable', 'gone'))
  expect(threw).toEqual([fault, fault, fault, fault, fault, fault])
})
