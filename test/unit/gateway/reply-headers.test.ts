import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Story } from '../../../src/gateway/account.ts'
import { addDecision, type Decision } from '../../../src/gateway/reply-headers.ts'
import { aPlan } from '../core/plans.ts'

const nothing: Decision = { attempt: null, attempts: 0, costNanoUsd: null, overheadMs: 0 }

function headers(
  facts: Partial<Decision> & Partial<Pick<Story, 'policy' | 'plan'>>,
): Record<string, string> {
  const list: string[] = []
  const story = { id: 'wb_1', policy: facts.policy ?? null, plan: facts.plan ?? null }
  addDecision(list, story, { ...nothing, ...facts })
  const named: Record<string, string> = {}
  for (let i = 0; i < list.length; i += 2) named[list[i] ?? ''] = list[i + 1] ?? ''
  return named
}

const cost = (costNanoUsd: number) => headers({ costNanoUsd })['x-waybill-cost-usd']

describe('decision headers', () => {
  it('say what is known and nothing else', () => {
    expect(headers({})).toEqual({
      'x-waybill-id': 'wb_1',
      'x-waybill-attempts': '0',
      'x-waybill-overhead-ms': '0.000',
    })
    const plan = aPlan(['a/m'])
    expect(headers({ plan, policy: 'narrow', attempts: 2, overheadMs: 1.23456 })).toEqual({
      'x-waybill-id': 'wb_1',
      'x-waybill-model': 'alias',
      'x-waybill-strategy': 'failover',
      'x-waybill-reason': 'first',
      'x-waybill-attempts': '2',
      'x-waybill-policy': 'narrow',
      'x-waybill-overhead-ms': '1.235',
    })
  })

  it('take no line break from a model name', () => {
    const plan = { ...aPlan(['a/m']), model: 'a\r\nset-cookie: x=y', reason: 'línea\n' }
    expect(headers({ plan })).toMatchObject({
      'x-waybill-model': 'a??set-cookie: x=y',
      'x-waybill-reason': 'l?nea?',
    })
  })
})

describe('x-waybill-cost-usd', () => {
  it.each([
    [0, '0'],
    [1, '0.000000001'],
    [10, '0.00000001'],
    [150_000, '0.00015'],
    [999_999_999, '0.999999999'],
    [1_000_000_000, '1'],
    [1_234_567_890, '1.23456789'],
    [12_000_000_000_000, '12000'],
    [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
  ])('%i nano-dollars are %s', (nanoUsd, usd) => {
    expect(cost(nanoUsd)).toBe(usd)
  })

  it('is exact, without an exponent and without zeros that say nothing', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (nanoUsd) => {
        const text = cost(nanoUsd) ?? ''
        expect(text).toMatch(/^(0|[1-9]\d*)(\.\d{0,8}[1-9])?$/)
        const [whole = '', fraction = ''] = text.split('.')
        expect(Number(whole + fraction.padEnd(9, '0'))).toBe(nanoUsd)
      }),
    )
  })

  it('is left out while it is not known', () => {
    expect(headers({ costNanoUsd: null })).not.toHaveProperty('x-waybill-cost-usd')
  })
})
