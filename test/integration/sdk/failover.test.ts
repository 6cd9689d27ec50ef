import { describe, expect, it } from 'vitest'
import type { FailureClass } from '../../../src/core/failure.ts'
import { type Dialect, dialects } from '../../../src/core/request.ts'
import { pairs, providerIds, startRig } from '../../support/sdk/rig.ts'
import type { Turn } from '../../support/sdk/talk.ts'

const hello: Turn = { from: 'user', text: 'Hello' }

/** Before any output, so that the client need not notice. */
const troubles: readonly (readonly [behaviour: string, FailureClass])[] = [
  ['status=500', 'server_error'],
  ['status=429', 'provider_rate_limited'],
  ['error=overloaded', 'overloaded'],
  ['error=billing', 'provider_quota_exhausted'],
  ['error=auth', 'provider_auth'],
  ['fault=rst', 'unreachable'],
  ['fault=fin', 'unreachable'],
  ['fault=ok-error', 'server_error'],
  ['fault=ok-html', 'malformed_reply'],
  ['fault=cut-length@0', 'truncated'],
]
const streamTroubles: typeof troubles = [
  ['fault=cut-clean@0', 'truncated'],
  ['fault=cut-rst@0', 'truncated'],
  ['fault=error-event@0', 'server_error'],
  ['fault=bad-json@0', 'malformed_reply'],
]

/** Another dialect than the first, so that each pair fails over into or out of a translation. */
function next(dialect: Dialect): Dialect {
  return dialects[(dialects.indexOf(dialect) + 1) % dialects.length] ?? 'openai'
}

const alias = (name: string, first: string, second: string) =>
  `  ${name}: { targets: ["${first}", "${second}"], retry: { attempts: 1 } }\n`

describe.each(pairs)('$title', ({ clientOf, provider, model }) => {
  const second = `${providerIds[next(provider)]}/spare`

  it.each(['whole', 'streamed'] as const)('does not notice what failed first (%s)', async (way) => {
    const all = way === 'whole' ? troubles : [...troubles, ...streamTroubles]
    const aliases = all.map(([behaviour], index) =>
      alias(`t${index}`, model(`small;${behaviour}`), second),
    )
    const rig = await startRig(`models:\n${aliases.join('')}`)
    const client = clientOf(rig.gateway.url)
    for (const [index, [behaviour, failureClass]] of all.entries()) {
      const said = await client[way]({ model: `t${index}`, turns: [hello] })
      expect(said.text).toMatch(/^This is a simulated reply.* 60·/)
      expect(said.finish).toBe('stop')
      if (way === 'whole') {
        expect(said.headers).toMatchObject({
          'x-waybill-attempts': '2',
          'x-waybill-target': second,
          'x-waybill-strategy': 'failover',
        })
      }
      const record = await rig.record()
      expect({ behaviour, record }).toMatchObject({
        behaviour,
        record: {
          outcome: 'success',
          status: 200,
          target: second,
          resolvedAs: 'alias',
          attempts: [
            {
              target: model(`small;${behaviour}`),
              result: 'failure',
              failure: { class: failureClass },
            },
            { target: second, result: 'success', failure: null, usageEstimated: false },
          ],
        },
      })
    }
  })

  it('asks the same target again when it may be over at once', async () => {
    const first = model('small;status=503;times=1')
    const rig = await startRig(
      `models:\n  again: { targets: ["${first}"], retry: { attempts: 2, backoff: 1ms } }\n`,
    )
    const said = await clientOf(rig.gateway.url).streamed({ model: 'again', turns: [hello] })
    expect(said.text).toContain('60·')
    expect((await rig.record()).attempts).toMatchObject([
      { target: first, result: 'failure' },
      { target: first, result: 'success' },
    ])
  })
})
