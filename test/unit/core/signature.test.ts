import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialects } from '../../../src/core/request.ts'
import { openSignature, proofIn, sealSignature, unsigned } from '../../../src/core/signature.ts'

describe('a sealed signature', () => {
  it('opens to what was sealed', () => {
    const id = fc.option(fc.stringMatching(/^[^:]+$/))
    fc.assert(
      fc.property(fc.constantFrom(...dialects), fc.string(), id, (dialect, value, itemId) => {
        const signature = { dialect, value, id: itemId }
        expect(openSignature(sealSignature(signature))).toEqual(signature)
      }),
    )
  })

  it('is one string that says where it comes from', () => {
    const sealed = sealSignature({ dialect: 'openai-responses', value: 'gAAA:b', id: 'rs_1' })
    expect(sealed).toBe('wb1:openai-responses:rs_1:gAAA:b')
  })

  it('may stand for none', () => {
    const opened = openSignature(sealSignature(unsigned))
    expect(opened).not.toBeNull()
    expect(opened && proofIn(opened)).toBeNull()
    expect(proofIn({ ...unsigned, value: 'x' })).not.toBeNull()
  })
})

describe("a provider's own signature", () => {
  it.each([
    '',
    'wb1',
    'wb1:',
    'wb1:cohere:x:y',
    'wb2:openai::x',
    'WB1:openai::x',
    ' wb1:openai::x',
    'ErUBCkYIBRgCIkDx==',
    'gAAAAABo:wb1:openai::x',
  ])('%j is left alone', (text) => {
    expect(openSignature(text)).toBeNull()
  })

  it('is never taken for a sealed one by accident', () => {
    fc.assert(
      fc.property(fc.base64String(), (text) => {
        expect(openSignature(text)).toBeNull()
      }),
    )
  })
})
