import { describe, expect, it } from 'vitest'
import { askedRule } from '../../../../src/core/plan/asked-rule.ts'
import { predefinedRules } from '../../../../src/core/plan/predefined-rules.ts'
import { aCatalog } from '../plans.ts'

const namedRules = new Map(predefinedRules.map((rule) => [rule.name, rule]))
const catalog = { ...aCatalog([]), namedRules }

describe('the rule a request asks for', () => {
  it('is one by that name, or none', () => {
    expect(askedRule('budget', catalog)).toMatchObject({ ok: true, value: { name: 'budget' } })
    expect(askedRule(undefined, catalog)).toEqual({ ok: true, value: null })
  })

  it('is refused where there is none, with what could be meant', () => {
    const messageFor = (name: string) => {
      const asked = askedRule(name, catalog)
      return asked.ok ? '' : asked.failure.message
    }
    expect(messageFor('buget')).toBe('x-waybill-rule names no rule. Did you mean "budget"?')
    expect(messageFor('zzz')).toBe(
      'x-waybill-rule names no rule. Use one of budget, quality, vision, fast, region.',
    )
  })
})
