import { describe, expect, it } from 'vitest'
import { findFactory } from '../../../src/adapters/language-models/find-factory.ts'

const make = () => ({})
const makeOther = () => ({})

const chosen = (module: unknown, name = '@example/magic-lamp', wanted: string | null = null) => {
  const found = findFactory(module, name, wanted)
  return found.ok ? found.value : found.failure.message
}

describe('the factory of a package', () => {
  it('is its only create… function', () => {
    expect(chosen({ createDjinn: make, VERSION: '1', creation: makeOther, create: make })).toBe(
      make,
    )
  })

  it('is the namesake of the package when there are several', () => {
    const module = { createOther: makeOther, createMagicLamp: make }
    expect(chosen(module)).toBe(make)
    expect(chosen(module, 'magic-lamp')).toBe(make)
  })

  it('counts other names of the same function once', () => {
    expect(chosen({ createDjinn: make, createGenie: make })).toBe(make)
  })

  it('is found in a CommonJS package', () => {
    expect(chosen({ default: { createDjinn: make } })).toBe(make)
  })

  it('is the one that is named', () => {
    const module = { createDjinn: make, createOther: makeOther }
    expect(chosen(module, 'x', 'createOther')).toBe(makeOther)
    expect(chosen(module, 'x', 'createNone')).toContain('createDjinn, createOther')
  })

  it('is asked for when nothing tells which', () => {
    const message = chosen({ createDjinn: make, createOther: makeOther })
    expect(message).toContain('createDjinn, createOther')
    expect(message).toContain('sdk: "@example/magic-lamp#createDjinn"')
  })

  it.each([[{ lamp: make }], [null], ['x']])('is missed in %j', (module) => {
    expect(chosen(module)).toContain('is no AI SDK provider package')
  })
})
