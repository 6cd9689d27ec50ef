import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromWireId, toWireId } from '../../../../src/dialects/anthropic/tool-ids.ts'

describe('ids of tool calls', () => {
  it('stay as they are where Anthropic takes them', () => {
    expect(toWireId('toolu_01A-b')).toBe('toolu_01A-b')
    expect(toWireId('call_abc')).toBe('call_abc')
  })

  it('are spelled out where it does not', () => {
    expect(toWireId('functions.add:0')).toMatch(/^[a-zA-Z0-9_-]+$/)
    expect(fromWireId(toWireId('functions.add:0'))).toBe('functions.add:0')
    expect(fromWireId(toWireId(''))).toBe('')
  })

  it('fit always, come back always and never become one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(toWireId(one)).toMatch(/^[a-zA-Z0-9_-]+$/)
        expect(fromWireId(toWireId(one))).toBe(one)
        expect(toWireId(one) === toWireId(other)).toBe(one === other)
      }),
    )
  })

  it('come back also when they look like spelled-out ones', () => {
    expect(fromWireId(toWireId('wbid_x'))).toBe('wbid_x')
    expect(fromWireId(toWireId('wbid__0020'))).toBe('wbid__0020')
    expect(fromWireId('wbid_not_spelled')).toBe('wbid_not_spelled')
  })
})
