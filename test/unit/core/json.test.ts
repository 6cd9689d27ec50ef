import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/core/json.ts'

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('parseJson', () => {
  it('takes what can be written again, and nothing deeper', () => {
    expect(parseJson(nested(500))).toBeDefined()
    expect(parseJson(nested(501))).toBeUndefined()
    expect(parseJson(nested(100_000))).toBeUndefined()
  })

  it('does not count brackets inside strings', () => {
    const text = JSON.stringify({ a: '['.repeat(5_000), b: '\\"['.repeat(2_000) })
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })

  it('is undefined for what is no JSON', () => {
    expect(parseJson('{"a":')).toBeUndefined()
  })
})
