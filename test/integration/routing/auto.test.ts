import { describe, expect, it } from 'vitest'
import { clientKey, startStage } from './stage.ts'

const policies = {
  default: { allow: ['*'], auto: { prioritized: ['a/a', 'b/b'], available: ['c/*'] } },
}
const auto = { model: 'waybill/auto' }

/** `a` is like this, and the rest answers. */
const firstIs = (behaviour: string) =>
  startStage({ behaviour: { a: behaviour }, configuration: { policies } })

describe('waybill/auto', () => {
  it('asks the first of the list, and says what it is', async () => {
    const stage = await firstIs('')
    const answer = await stage.ask(auto)
    expect(answer.status).toBe(200)
    expect(answer.from).toBe('a')
    expect(answer.headers.get('x-waybill-model')).toBe('waybill/auto')
    expect(answer.headers.get('x-waybill-strategy')).toBe('failover')
  })

  it.each([
    ['status=429', 'provider_rate_limited'],
    ['status=429;retry-after=30', 'provider_rate_limited'],
    ['error=content-filter', 'content_filtered'],
    ['error=context-length', 'context_length_exceeded'],
    ['error=invalid-request', 'invalid_request'],
    ['error=quota', 'provider_quota_exhausted'],
    ['error=auth', 'provider_auth'],
    ['error=not-found', 'model_not_found'],
    ['status=500', 'server_error'],
    ['error=overloaded', 'overloaded'],
    ['fault=rst', 'unreachable'],
  ])('falls through where the first one has %s', async (behaviour, failureClass) => {
    const stage = await firstIs(behaviour)
    for (const body of [{}, { stream: true }]) {
      stage.mock.log.clear()
      const answer = await stage.ask({ ...auto, body })
      expect(answer.status).toBe(200)
      expect(answer.from).toBe('b')
      const { attempts, excluded } = await stage.record(answer)
      // The second one may know already that it is of no use to ask.
      if (attempts.length === 1) expect(excluded.map(({ target }) => target)).toEqual(['a/a'])
      else expect(attempts[0]?.failure?.class).toBe(failureClass)
      expect(stage.asked().slice(0, -1).length).toBeLessThanOrEqual(1)
    }
    const [, first] = await stage.gateway.records()
    expect(first?.attempts.map(({ target }) => target)).toEqual(['a/a', 'b/b'])
  })

  it('falls through where nobody listens', async () => {
    const stage = await startStage({
      providers: { a: { baseUrl: 'http://127.0.0.1:9/v1' } },
      configuration: { policies },
    })
    const answer = await stage.ask(auto)
    expect(answer.from).toBe('b')
    expect((await stage.record(answer)).attempts[0]?.failure?.class).toBe('unreachable')
  })

  it('walks on to what is available', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500', b: 'error=context-length' },
      configuration: { policies },
    })
    expect((await stage.ask(auto)).from).toBe('c')
    expect(stage.asked()).toEqual(['a', 'b', 'c'])
  })

  it('gives the last error when all fail', async () => {
    const stage = await startStage({
      behaviour: { a: 'status=500', b: 'error=content-filter', c: 'error=overloaded' },
      configuration: { policies },
    })
    for (const body of [{}, { stream: true }]) {
      const answer = await stage.ask({ ...auto, body })
      if (stage.asked().length > 3) break
      expect(answer.status).toBe(503)
      expect(answer.headers.get('x-waybill-attempts')).toBe('3')
      expect(answer.headers.get('x-waybill-target')).toBe('c/c')
      expect(answer.headers.get('x-should-retry')).toBe('false')
      expect(await stage.record(answer)).toMatchObject({
        outcome: 'failure',
        failureClass: 'overloaded',
      })
    }
  })

  it('does not take back what was shown', async () => {
    const stage = await firstIs('fault=cut-fin@5')
    const answer = await stage.ask({ ...auto, body: { stream: true } })
    expect(answer.status).toBe(200)
    expect(answer.from).toBe('a')
    expect(answer.text).not.toContain('[DONE]')
    expect(answer.text).toContain('"error"')
    expect(stage.asked()).toEqual(['a'])
  })

  it('leaves out what is known not to be able', async () => {
    const stage = await startStage({
      models: { a: { capabilities: { tools: false } } },
      configuration: { policies },
    })
    const tools = [{ type: 'function', function: { name: 'weigh', parameters: {} } }]
    expect((await stage.ask({ ...auto, body: { tools } })).from).toBe('b')
    expect(stage.asked()).toEqual(['b'])
  })
})

describe('where a policy does not enable it', () => {
  const web = clientKey('web')
  const batch = clientKey('batch')
  const configuration = {
    models: { chat: { targets: ['a/a'] } },
    policies: { ...policies, plain: { allow: ['chat'] } },
    clients: { web: { key: web.key }, batch: { policy: 'plain', key: batch.key } },
  }

  it('it is not found, with what to do about it', async () => {
    const stage = await startStage({ configuration })
    const answer = await stage.ask({ ...auto, ...batch })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'model_not_found' } })
    expect(answer.text).toContain('does not enable waybill/auto')
    expect(answer.text).toContain('have `auto` added to the policy')
    expect((await stage.ask({ ...auto, ...web })).status).toBe(200)
  })

  it.each([
    ['/v1/models', {}, (id: string) => id],
    ['/v1/models', { 'anthropic-version': '2023-06-01' }, (id: string) => id],
    ['/v1beta/models', {}, (id: string) => `models/${id}`],
  ])('%s with %o lists it for those who have it', async (path, more, named) => {
    const stage = await startStage({ configuration })
    const listed = async (headers: Record<string, string>) => {
      const response = await fetch(stage.gateway.url + path, { headers: { ...headers, ...more } })
      return response.text()
    }
    expect(await listed(web.headers)).toContain(`"${named('waybill/auto')}"`)
    const plain = await listed(batch.headers)
    expect(plain).toContain(`"${named('chat')}"`)
    expect(plain).not.toContain('waybill/auto')
  })

  it('it is described to those who have it', async () => {
    const stage = await startStage({ configuration })
    const one = (headers: Record<string, string>) =>
      fetch(`${stage.gateway.url}/v1/models/waybill%2Fauto`, { headers })
    const found = await one(web.headers)
    expect(await found.json()).toMatchObject({ id: 'waybill/auto', owned_by: 'waybill' })
    expect((await one(batch.headers)).status).toBe(404)
  })
})
