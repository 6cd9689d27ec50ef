import * as whole from 'undici'
import { describe, expect, it } from 'vitest'
import { buildConnector, Pool } from '../../../src/adapters/upstream/undici.ts'

describe('the parts of undici', () => {
  it('are what the package exports', () => {
    expect(Pool).toBe(whole.Pool)
    expect(buildConnector).toBe(whole.buildConnector)
  })
})
