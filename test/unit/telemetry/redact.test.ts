import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/adapters/telemetry/redact.ts'

const shaped = [
  'sk-proj-AbCdEf0123456789',
  'sk-ant-api03-x_Y-z0123456789',
  'wb-0123456789abcdef',
  'AIzaSyA0123456789abcdefghijklmnopqrstuv',
  'AKIAIOSFODNN7EXAMPLE',
  'gsk_0123456789abcdefghij',
  'hf_0123456789abcdefghij',
  'ghp_0123456789abcdefghij0123456789abcdef',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
]

describe('a redactor', () => {
  const { redact } = createRedactor()

  it.each(shaped)('masks %s wherever it stands in a sentence', (key) => {
    for (const text of [
      key,
      `Incorrect key: ${key}.`,
      `{"k":"${key}"}`,
      `a=${key}&b`,
      `\n${key}\t`,
    ]) {
      expect(redact(text)).not.toContain(key.slice(0, 12))
    }
  })

  it.each([
    ['Authorization: Bearer abc.def/ghi=', 'abc.def'],
    ['authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['got "Bearer s3cr3tvalue" in a header', 's3cr3tvalue'],
    ['x-api-key: s3cr3tvalue', 's3cr3tvalue'],
    ['{"x-api-key":"s3cr3tvalue","model":"m"}', 's3cr3tvalue'],
    ['{\\"apiKey\\":\\"s3cr3tvalue\\"}', 's3cr3tvalue'],
    ['GET /v1beta/models?key=s3cr3tvalue&alt=sse', 's3cr3tvalue'],
    ['https://host/path?api_key=s3cr3tvalue', 's3cr3tvalue'],
    ['?key%3Ds3cr3tvalue', 's3cr3tvalue'],
    ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
    ['X-Amz-Signature=0123abcd&x=1', '0123abcd'],
    ['cookie: a=1; session=s3cr3tvalue', 's3cr3tvalue'],
    ['http://user:s3cr3tvalue@proxy:8080/', 's3cr3tvalue'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIs3cr3tvalue\n-----END RSA PRIVATE KEY-----', 's3cr3t'],
  ])('masks the secret in %s', (text, secret) => {
    expect(redact(text)).toContain('[redacted]')
    expect(redact(text)).not.toContain(secret)
  })

  it.each([
    'openai/gpt-4o-mini',
    'wb_0192f3a4b5c6d7e8',
    'task-management and risk-assessment-v2',
    'The maximum number of tokens is 4096, the prompt has 5000.',
    'lowest expected latency: 420 ms p95 over 312 calls',
    'https://api.openai.com/v1/chat/completions',
  ])('leaves "%s" as it is', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('keeps what stands around a secret', () => {
    expect(redact('GET /m?alt=sse&key=abc123&x=1 failed')).toBe(
      'GET /m?alt=sse&key=[redacted]&x=1 failed',
    )
  })

  it('masks the longer of two secrets that begin alike', () => {
    const redactor = createRedactor()
    redactor.addSecret('open')
    redactor.addSecret('open sesame')
    expect(redactor.redact('open sesame, open door')).toBe('[redacted], [redacted] door')
  })

  it('masks a secret it was told of in every form in which it travels', () => {
    const secret = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 60 })
    const around = fc.string({ unit: 'grapheme-ascii', maxLength: 20 })
    fc.assert(
      fc.property(secret, around, around, (value, before, after) => {
        fc.pre(!'[redacted]'.includes(value))
        const redactor = createRedactor()
        redactor.addSecret(value)
        const base64 = Buffer.from(before + value + after).toString('base64')
        const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), base64]
        for (const form of forms) {
          const text = redactor.redact(`${before} ${form} ${after}`)
          expect(text).toContain('[redacted]')
        }
        expect(redactor.redact(before + value + after)).not.toContain(value)
        expect(redactor.redact(base64)).not.toBe(base64)
      }),
      { numRuns: 500 },
    )
  })

  it('takes linear time over hostile text', () => {
    const redactor = createRedactor()
    redactor.addSecret('eyJ-eyJ-eyJ-!')
    const hostile = [
      'eyJ-',
      '://',
      'bearer ',
      'key =',
      '-----BEGIN PRIVATE KEY-----',
      'sk-a ',
      'key',
    ]
    const started = performance.now()
    for (const piece of hostile) redactor.redact(piece.repeat(100_000 / piece.length))
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
