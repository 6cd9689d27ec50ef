import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { askChat, chatBody } from '../support/ask-chat.ts'
import { startCountingUpstream } from '../support/counting-upstream.ts'
import { startGateway } from '../support/gateway.ts'

const keys = { narrow: 'wb-narrow-0123456789', wide: 'wb-wide-0123456789' }
const hash = (key: string) => createHash('sha256').update(key).digest('hex')

async function rig() {
  const upstream = await startCountingUpstream()
  const baseUrl = `${upstream.url}/v1`
  const gateway = await startGateway(`
providers:
  openai: { baseUrl: "${baseUrl}", apiKey: abcdef }
  box: { dialect: openai, baseUrl: "${baseUrl}", strict: true, models: { llama-3: { price: { input: 0.07, output: 1.1 } }, local-only: {} } }
  off: { like: anthropic, apiKey: abcdef, enabled: false }
  claude: { like: anthropic, baseUrl: "${baseUrl}", apiKey: abcdef }
models:
  fast: { aliases: [quick], description: Fast and cheap, targets: [openai/gpt-4o-mini, off/claude-haiku-4-5] }
  asleep: { targets: [off/claude-haiku-4-5] }
policies: { narrow: { allow: [fast, "box/*"] } }
clients:
  narrow: { policy: narrow, key: "sha256:${hash(keys.narrow)}" }
  wide: { key: "sha256:${hash(keys.wide)}" }
`)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const reply = await fetch(`${gateway.url}${path}`, { headers })
    const body: Record<string, unknown> = JSON.parse(await reply.text())
    return { status: reply.status, body }
  }
  return { upstream, gateway, get }
}

describe('a model may be asked for as', () => {
  it.each([
    ['fast', 'openai/gpt-4o-mini', 'alias'],
    ['quick', 'openai/gpt-4o-mini', 'alias'],
    ['openai/gpt-4o', 'openai/gpt-4o', 'target'],
    ['openai/gpt-of-2031', 'openai/gpt-of-2031', 'target'],
    ['gpt-4o', 'openai/gpt-4o', 'model-id'],
    ['llama-3', 'box/llama-3', 'model-id'],
    ['box/local-only', 'box/local-only', 'target'],
  ])('%s: %s', async (model, target, resolvedAs) => {
    const { upstream, gateway } = await rig()
    const reply = await askChat(gateway.url, model)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-waybill-target')).toBe(target)
    expect(reply.headers.get('x-waybill-model')).toBe(model)
    const [seen] = upstream.seen
    expect(JSON.parse(seen?.body ?? '')).toMatchObject({ model: target.split('/')[1] })
    expect(await gateway.lastRecord()).toMatchObject({ model, resolvedAs, target })
  })

  it('the same in the path of Gemini and in the words of Anthropic', async () => {
    const { upstream, gateway } = await rig()
    const gemini = await fetch(`${gateway.url}/v1beta/models/fast:generateContent`, {
      method: 'POST',
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }),
    })
    expect(gemini.status).toBe(200)
    const anthropic = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o',
        max_tokens: 5,
        messages: [{ role: 'user', content: 'hi' }],
      }),
    })
    expect(anthropic.status).toBe(200)
    expect(upstream.seen.map(({ body }) => JSON.parse(body).model)).toEqual([
      'gpt-4o-mini',
      'gpt-4o',
    ])
  })
})

describe('what does not exist', () => {
  it.each([
    ['fats', /Did you mean "fast"\?/],
    ['lama-3', /Did you mean "llama-3"/],
    ['box/llama-4', /"box\/llama-3"/],
    ['off/claude-haiku-4-5', /Provider "off" is disabled/],
    ['openai/../../admin', /does not exist/],
  ])('%s is 404, with what may have been meant', async (model, message) => {
    const { upstream, gateway } = await rig()
    const reply = await askChat(gateway.url, model)
    expect(reply.status).toBe(404)
    expect(await reply.json()).toMatchObject({
      error: { code: 'model_not_found', param: 'model', message: expect.stringMatching(message) },
    })
    expect(upstream.seen).toEqual([])
    expect(await gateway.lastRecord()).toMatchObject({
      status: 404,
      failureClass: 'model_not_found',
      attempts: [],
    })
  })

  it('a public name of disabled targets only has no target available, and says why', async () => {
    const { gateway } = await rig()
    const reply = await askChat(gateway.url, 'asleep')
    expect(reply.status).toBe(503)
    expect(await reply.json()).toMatchObject({
      error: {
        code: 'no_target_available',
        message: 'No target can serve asleep (off/claude-haiku-4-5: provider off is disabled).',
      },
    })
  })

  it('has the shape of the dialect that asks', async () => {
    const { gateway } = await rig()
    const post = async (path: string) => {
      const reply = await fetch(`${gateway.url}${path}`, { method: 'POST', body: chatBody('fats') })
      const body: unknown = JSON.parse(await reply.text())
      return { status: reply.status, body }
    }
    expect(await post('/v1/messages')).toMatchObject({
      status: 404,
      body: { type: 'error', error: { type: 'not_found_error' } },
    })
    expect(await post('/v1beta/models/fats:generateContent')).toMatchObject({
      status: 404,
      body: { error: { code: 404, status: 'NOT_FOUND' } },
    })
    expect(await post('/v1/responses')).toMatchObject({
      status: 404,
      body: { error: { code: 'model_not_found' } },
    })
  })

  it('a policy hides names from the suggestions, and forbids what exists', async () => {
    const { gateway, upstream } = await rig()
    const headers = { authorization: `Bearer ${keys.narrow}` }
    const near = await askChat(gateway.url, 'aslep', headers)
    expect(near.status).toBe(404)
    expect(await near.text()).not.toContain('asleep')
    expect((await askChat(gateway.url, 'gpt-4o', headers)).status).toBe(403)
    expect((await askChat(gateway.url, 'quick', headers)).status).toBe(200)
    expect(upstream.seen).toHaveLength(1)
    expect(await gateway.lastRecord()).toMatchObject({ client: 'narrow', policy: 'narrow' })
  })
})

describe('GET /v1/models', () => {
  const narrow = { authorization: `Bearer ${keys.narrow}` }

  it('lists what the policy of the client allows, in the shape of its SDK', async () => {
    const { get } = await rig()
    const listed = ['fast', 'quick', 'box/llama-3', 'box/local-only']
    expect(await get('/v1/models', narrow)).toMatchObject({
      status: 200,
      body: { object: 'list', data: listed.map((id) => ({ id, object: 'model' })) },
    })
    const anthropic = { 'x-api-key': keys.narrow, 'anthropic-version': '2023-06-01' }
    expect(await get('/v1/models', anthropic)).toMatchObject({
      body: { data: listed.map((id) => ({ id, type: 'model' })), has_more: false },
    })
    const gemini = { 'x-goog-api-key': keys.narrow }
    expect(await get('/v1beta/models', gemini)).toMatchObject({
      body: { models: listed.map((id) => ({ name: `models/${id}` })) },
    })
    expect(await get(`/v1beta/models?key=${keys.narrow}`)).toMatchObject({ status: 200 })
  })

  it('lists for others what is known of each enabled provider, and nothing of the rest', async () => {
    const { get } = await rig()
    const { body } = await get('/v1/models', { authorization: `Bearer ${keys.wide}` })
    const text = JSON.stringify(body)
    expect(text).toContain('"openai/gpt-4o"')
    expect(text).toContain('"claude/claude-')
    expect(text).not.toContain('"off/')
    expect(text).not.toContain('"asleep"')
  })

  it('is refused in the shape of the SDK as well', async () => {
    const { get } = await rig()
    const wrong = { 'x-api-key': 'wb-wrong' }
    expect(await get('/v1/models', wrong)).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthenticated' } },
    })
    expect(await get('/v1/models', { ...wrong, 'anthropic-version': '2023-06-01' })).toMatchObject({
      status: 401,
      body: { type: 'error', error: { type: 'authentication_error' } },
    })
    expect(await get('/v1beta/models', { 'x-goog-api-key': 'wb-wrong' })).toMatchObject({
      status: 401,
      body: { error: { code: 401, status: 'UNAUTHENTICATED' } },
    })
  })

  it('HEAD has the headers of GET and no body', async () => {
    const { gateway } = await rig()
    const options = { headers: { authorization: `Bearer ${keys.narrow}` } }
    const got = await fetch(`${gateway.url}/v1/models`, options)
    const head = await fetch(`${gateway.url}/v1/models`, { method: 'HEAD', ...options })
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect(head.headers.get('content-length')).toBe(String((await got.text()).length))
  })
})

describe('GET /v1/models/{id}', () => {
  it.each(['fast', 'quick', 'gpt-4o', 'openai/gpt-4o', 'openai%2Fgpt-4o', 'ft:gpt-4o:org::1'])(
    '%s',
    async (id) => {
      const { get } = await rig()
      const expected = id.startsWith('ft:') ? 404 : 200
      const { status, body } = await get(`/v1/models/${id}`)
      expect(status).toBe(expected)
      if (status === 404) expect(body).toMatchObject({ error: { code: 'model_not_found' } })
      else expect(body).toMatchObject({ object: 'model', id: decodeURIComponent(id) })
    },
  )

  it('prices are in dollars per million tokens; null where they are not known', async () => {
    const { get } = await rig()
    const { body } = await get('/v1/models/box/llama-3/pricing')
    expect(body).toMatchObject({
      currency: 'USD',
      unit: 'per million tokens',
      targets: [{ target: 'box/llama-3', price: { input: 0.07, output: 1.1, request: 0 } }],
    })
    const fast = await get('/v1/models/fast/pricing')
    expect(fast.body).toMatchObject({
      targets: [
        { target: 'openai/gpt-4o-mini', price: { input: 0.15, cached_input: 0.075, output: 0.6 } },
        { target: 'off/claude-haiku-4-5' },
      ],
    })
    const unknown = await get('/v1/models/openai/gpt-of-2031/pricing')
    expect(unknown.body).toMatchObject({
      targets: [{ target: 'openai/gpt-of-2031', price: null }],
    })
    expect((await get('/v1/models/fats/pricing')).status).toBe(404)
  })
})
