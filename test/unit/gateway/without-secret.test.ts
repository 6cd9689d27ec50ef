import fc from 'fast-check'
import { expect, it } from 'vitest'
import { headersWithoutSecret, withoutSecret } from '../../../src/gateway/without-secret.ts'

const secret = 'sk-canary-0123456789'

it('masks a key wherever the bytes hold it, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(secret, 'sk-', 'ü', ' ', '{"a":1}')), (parts) => {
      const masked = Buffer.from(withoutSecret(Buffer.from(parts.join('')), secret)).toString()
      expect(masked).toBe(parts.join('').replaceAll(secret, '[redacted]'))
    }),
  )
})

it('gives back the very bytes that hold none', () => {
  const bytes = Buffer.from('plain')
  expect(withoutSecret(bytes, secret)).toBe(bytes)
  expect(withoutSecret(bytes, null)).toBe(bytes)
})

it('masks a key in headers', () => {
  expect({ ...headersWithoutSecret({ a: `Bearer ${secret}`, b: 'x' }, secret) }).toEqual({
    a: 'Bearer [redacted]',
    b: 'x',
  })
})
