import { describe, expect, it } from 'vitest'
import type { Policy } from '../../../../src/core/catalog.ts'
import { autoAlias, autoModelFor } from '../../../../src/core/plan/auto.ts'
import { makePlan } from '../../../../src/core/plan/make-plan.ts'
import { resolveModel } from '../../../../src/core/plan/resolve-model.ts'
import { aCatalog, aRequest, aTarget, someSurroundings } from '../plans.ts'

const auto = autoAlias([aTarget('a/first'), aTarget('b/second'), aTarget('c/third')])
const enabled: Policy = { name: 'product', allow: [], auto }
const plain: Policy = { name: 'plain', allow: ['*'] }
const catalog = aCatalog([])

describe('waybill/auto', () => {
  it('is what the policy lists, in its order, whatever else it allows', () => {
    const resolved = resolveModel('waybill/auto', catalog, enabled)
    expect(resolved).toEqual({ ok: true, value: { as: 'alias', alias: auto } })
    const request = aRequest({ model: 'waybill/auto' })
    const plan = makePlan(request, { as: 'alias', alias: auto }, catalog, someSurroundings())
    expect(plan).toMatchObject({
      strategy: 'failover',
      candidates: [
        { target: { name: 'a/first' } },
        { target: { name: 'b/second' } },
        { target: { name: 'c/third' } },
      ],
    })
  })

  it("goes on after what would end a request for the client's own choice of model", () => {
    expect(auto.fallsThrough).toEqual(['content_filtered', 'invalid_request'])
    expect(auto.retry.attempts).toBe(1)
  })

  it('is not found where the policy does not enable it, with what to do', () => {
    expect(resolveModel('waybill/auto', catalog, plain)).toMatchObject({
      ok: false,
      failure: {
        class: 'model_not_found',
        message:
          'Policy "plain" does not enable waybill/auto. Ask for a model by name (GET /v1/models lists them), or have `auto` added to the policy.',
      },
    })
  })

  it('is listed, and meant by a misspelling, only where it is enabled', () => {
    expect(autoModelFor(enabled)).toBe(auto)
    expect(autoModelFor(plain)).toBeNull()
    const message = (policy: Policy) => {
      const resolved = resolveModel('waybil/auto', catalog, policy)
      return resolved.ok ? '' : resolved.failure.message
    }
    expect(message(enabled)).toContain('Did you mean "waybill/auto"?')
    expect(message(plain)).not.toContain('waybill/auto"?')
  })

  it('goes by the name Gemini clients write too', () => {
    expect(resolveModel('models/waybill/auto', catalog, enabled)).toMatchObject({ ok: true })
  })
})
