import { describe, expect, it } from 'vitest'
import { createWrongTokens } from '../../../../src/http/admin/wrong-tokens.ts'
import { virtualClock } from '../../../support/virtual-clock.ts'

describe('wrong tokens', () => {
  it('wait, at most eight of an address', async () => {
    const clock = virtualClock()
    const wrong = createWrongTokens(clock)
    const held = Array.from({ length: 8 }, () => wrong.hold('192.0.2.1'))
    expect(wrong.areTooMany('192.0.2.1')).toBe(true)
    expect(wrong.areTooMany('192.0.2.2')).toBe(false)
    clock.advance(250)
    await Promise.all(held)
    expect(wrong.areTooMany('192.0.2.1')).toBe(false)
    expect(clock.waiting()).toBe(0)
  })

  it('wait one by one', async () => {
    const clock = virtualClock()
    const wrong = createWrongTokens(clock)
    const first = Array.from({ length: 7 }, () => wrong.hold('192.0.2.1'))
    clock.advance(200)
    const last = wrong.hold('192.0.2.1')
    clock.advance(50)
    await Promise.all(first)
    expect(wrong.areTooMany('192.0.2.1')).toBe(false)
    expect(clock.waiting()).toBe(1)
    clock.advance(200)
    await last
  })
})
