import { describe, expect, it } from 'vitest'
import { failure } from '../../../src/core/failure.ts'
import { createFleet } from '../../../src/core/health/fleet.ts'
import { startHealthChecks } from '../../../src/gateway/health-checks.ts'
import type { UpstreamCall, UpstreamObserver, Upstreams } from '../../../src/gateway/ports.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { catalogOf } from '../config/configure.ts'
import { failing, load } from '../core/health/fleets.ts'

interface Sent {
  readonly call: UpstreamCall
  readonly observer: UpstreamObserver
  aborted: boolean
}

function rig(health = 'health: { checks: { every: 10s, timeout: 2s } }') {
  const clock = virtualClock()
  const sent: Sent[] = []
  const upstreams: Upstreams = {
    of: () => ({
      send(call, observer) {
        const one: Sent = { call, observer, aborted: false }
        sent.push(one)
        return {
          pause() {},
          resume() {},
          abort() {
            one.aborted = true
          },
        }
      },
      async close() {},
    }),
  }
  const catalog = catalogOf(`
providers:
  anthropic: { apiKey: the-key }
  bedrock: { sdk: "@ai-sdk/amazon-bedrock" }
  off: { like: openai, apiKey: other-key, enabled: false }
models: { a: { targets: [anthropic/claude-sonnet-4-5] } }
${health}
`)
  const target = catalog.targets.get('anthropic/claude-sonnet-4-5')
  if (target === undefined) throw new Error('no target')
  const fleet = createFleet(catalog.health)
  const checks = startHealthChecks({ clock, upstreams, fleet, catalog: () => catalog })
  /** Goes on until another check is sent. */
  const nextCheck = (): Sent => {
    const before = sent.length
    for (let i = 0; i < 1_000 && sent.length === before; i++) clock.advance(100)
    const newest = sent[before]
    if (newest === undefined) throw new Error('no check was sent')
    return newest
  }
  return {
    clock,
    sent,
    nextCheck,
    fleet,
    target,
    checks,
    breaker: () => fleet.vitals(target).breaker(clock.monotonicMs()),
  }
}

describe('health checks', () => {
  it('are off by default', () => {
    const { clock, sent } = rig('')
    clock.advance(600_000)
    expect(sent).toEqual([])
  })

  it('ask each provider that can be asked for its models, with its key', () => {
    const { clock, sent } = rig()
    for (let i = 0; i < 30; i++) {
      clock.advance(1_000)
      sent.at(-1)?.observer.head(200, {})
    }
    expect(sent).toHaveLength(3)
    expect(sent[0]?.call).toMatchObject({
      method: 'GET',
      origin: 'https://api.anthropic.com',
      path: '/v1/models',
    })
    expect(sent[0]?.call.headers.join(' ')).toContain('x-api-key the-key')
  })

  it('that fail open the breaker, those that are answered let it be probed', () => {
    const { clock, nextCheck, breaker, fleet, target } = rig()
    nextCheck().observer.head(503, {})
    nextCheck().observer.failed(failure('unreachable', 'Connection refused.'))
    expect(breaker()).toBe('open')
    nextCheck().observer.head(404, {})
    expect(fleet.vitals(target).availability(clock.monotonicMs())).toEqual({ state: 'probe' })
  })

  it('that get no answer in time fail', () => {
    const { clock, sent, breaker, fleet, target } = rig()
    fleet.sent(target, load, 0).ended(failing('server_error'), 0)
    clock.advance(10_000)
    clock.advance(2_000)
    expect(sent[0]?.aborted).toBe(true)
    expect(breaker()).toBe('open')
  })

  it('end with the gateway', () => {
    const { clock, sent, checks, breaker } = rig()
    clock.advance(10_000)
    checks.stop()
    expect(sent[0]?.aborted).toBe(true)
    expect(clock.waiting()).toBe(0)
    expect(breaker()).toBe('closed')
  })
})
