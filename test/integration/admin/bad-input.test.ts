import { describe, expect, it } from 'vitest'
import { operations } from '../../../src/http/admin/contract/operations.ts'
import { problemBody } from '../../../src/http/admin/contract/problem.ts'
import { adminToken, startAdmin, type TestAdmin } from '../../support/admin.ts'

const path = '/api/v1/limits'
const good = { user: 'alice', limit: 5, window: 'minute' }

async function problem(reply: Promise<{ status: number; json: unknown }>) {
  const { status, json } = await reply
  return { status, ...problemBody.parse(json).error }
}

function send(admin: TestAdmin, method: string, body: string | Uint8Array, type?: string) {
  return fetch(`${admin.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    body,
  })
}

describe('limits nobody can mean', () => {
  it.each([
    ['a limit of 0', { limit: 0 }, 'limit', 'above 0'],
    ['a negative limit', { limit: -1 }, 'limit', 'above 0'],
    ['half a request', { limit: 1.5 }, 'limit', 'whole number'],
    ['half a token', { limit: 1.5, metric: 'tokens' }, 'limit', 'whole number'],
    ['less than any money', { limit: 1e-12, metric: 'cost' }, 'limit', 'above 0'],
    ['a huge limit', { limit: 1e300 }, 'limit', 'at most 9000000000000000'],
    ['a fortune', { limit: 9_000_001, metric: 'cost' }, 'limit', 'at most $9000000'],
    ['a limit as text', { limit: '5' }, 'limit', 'must be a number above 0'],
    ['no limit', { limit: undefined }, 'limit', 'must be a number above 0'],
    ['a negative burst', { burst: -1 }, 'burst', '0 or more'],
    ['half a burst', { burst: 0.5 }, 'burst', 'whole number'],
    ['a burst too far', { limit: 9e15, burst: 1 }, 'limit', 'with its burst'],
    ['no window', { window: undefined }, 'window', 'Say per what'],
    ['an unknown window', { window: 'week' }, 'window', 'second, minute, hour, day, month'],
    ['a window of what runs', { metric: 'concurrent' }, 'window', 'not counted per window'],
    [
      'a burst of what runs',
      { metric: 'concurrent', window: undefined, burst: 1 },
      'burst',
      'raise',
    ],
    ['an unknown metric', { metric: 'money' }, 'metric', 'requests, inputTokens'],
    ['the past', { expires: '2020-01-01' }, 'expires', 'over already'],
    ['no day at all', { expires: '2027-02-30' }, 'expires', 'a date'],
    ['a time without a zone', { expires: '2027-02-03T10:00' }, 'expires', 'its zone'],
    ['a duration without a unit', { expires: '7' }, 'expires', 'a date'],
    ['the far future', { expires: '9999d' }, 'expires', 'within 10 years'],
    ['nobody', { user: undefined }, null, 'Say whose'],
    ['two at once', { client: 'web' }, 'client', 'user or client'],
    ['an empty name', { user: '' }, 'user', '1 to 256 characters'],
    ['a name too long', { user: 'x'.repeat(257) }, 'user', '1 to 256 characters'],
    ['half a character', { user: '\ud800' }, 'user', 'half a character'],
    ['global: false', { user: undefined, global: false }, 'global', 'must be true'],
    ['no address', { user: undefined, ip: 'localhost' }, 'ip', 'no IP address'],
    ['an address with a port', { user: undefined, ip: '10.0.0.1:80' }, 'ip', 'no IP address'],
    ['an unknown field', { limt: 5 }, 'limt', 'Did you mean "limit"?'],
    ['a field of ours', { setBy: 'me' }, 'setBy', 'Nothing here is called'],
    ['__proto__', JSON.parse('{"__proto__": {"limit": 1}}'), '__proto__', 'Nothing here'],
  ])('%s', async (_what, change, field, words) => {
    const admin = await startAdmin()
    const refused = await problem(admin.call('PUT', path, { ...good, ...change }))
    expect(refused).toMatchObject({ status: 400, code: 'invalid_request', field })
    expect(refused.message).toContain(words)
    expect(admin.set.all()).toEqual([])
  })

  it.each([
    [{ provider: 'dem' }, 'provider', 'Did you mean "demo"?'],
    [{ client: 'wbe' }, 'client', 'Did you mean "web"?'],
    [{ policy: 'product-y' }, 'policy', 'Did you mean "product-x"?'],
    [{ model: 'fsat' }, 'model', 'Did you mean "fast"?'],
    [{ target: 'demo' }, 'target', 'There is no target "demo"'],
    [{ target: 'nobody/small' }, 'target', 'There is no target'],
    [{ target: 'spare/other' }, 'target', 'There is no target'],
    [{ model: 'demo/' }, 'model', 'There is no model'],
  ])('%o is not known', async (whose, field, words) => {
    const admin = await startAdmin()
    const asked = { ...good, user: undefined, ...whose }
    const refused = await problem(admin.call('PUT', path, asked))
    expect(refused).toMatchObject({ status: 404, code: 'not_found', field })
    expect(refused.message).toContain(words)
    const [[scope = '', value = ''] = []] = Object.entries(whose)
    const query = `?${new URLSearchParams({ [scope]: value })}`
    expect(await problem(admin.call('GET', `${path}${query}`))).toMatchObject({ status: 404 })
    expect(await problem(admin.call('DELETE', `${path}${query}`))).toMatchObject({ status: 404 })
  })

  it('names somebody as limits know him', async () => {
    const admin = await startAdmin()
    const put = async (whose: object) =>
      (await admin.call('PUT', path, { ...good, user: undefined, ...whose })).json
    expect(await put({ model: 'quick' })).toMatchObject({ scope: 'model:fast' })
    expect(await put({ model: 'demo/any' })).toMatchObject({ scope: 'model:demo/any' })
    expect(await put({ ip: '2001:db8::7' })).toMatchObject({ scope: 'ip:2001:db8::/64' })
    expect(await put({ ip: '2001:db8::/64' })).toMatchObject({ scope: 'ip:2001:db8::/64' })
    expect(await put({ ip: '::ffff:192.0.2.1' })).toMatchObject({ scope: 'ip:192.0.2.1' })
    expect(await put({ client: 'local' })).toMatchObject({ scope: 'client:local' })
    expect(await put({ user: "'; DROP TABLE user_quotas; --" })).toMatchObject({ limit: 5 })
  })

  it('what is not there cannot be removed', async () => {
    const admin = await startAdmin()
    expect(await problem(admin.call('DELETE', path))).toMatchObject({ status: 400 })
    const missing = await problem(admin.call('DELETE', `${path}?client=web`))
    expect(missing).toMatchObject({ status: 404, code: 'not_found' })
    const configured = await problem(admin.call('DELETE', `${path}?policy=product-x`))
    expect(configured).toMatchObject({ status: 409, code: 'conflict' })
    expect(configured.message).toContain('is configured')
    await admin.call('PUT', path, good)
    const other = await problem(admin.call('DELETE', `${path}?user=alice&metric=tokens`))
    expect(other).toMatchObject({ status: 404, message: 'No such limit was set.' })
  })
})

describe('questions that cannot be read', () => {
  it.each([
    ['max=0', 'max'],
    ['max=1001', 'max'],
    ['max=-1', 'max'],
    ['max=1.5', 'max'],
    ['max=all', 'max'],
    ['max=', 'max'],
    ['user=a&user=b', 'user'],
    ['usr=a', 'usr'],
    ['global=yes', 'global'],
    ['__proto__=x', '__proto__'],
    [`user=${'x'.repeat(300)}`, 'user'],
    ['user=', 'user'],
  ])('?%s', async (query, field) => {
    const admin = await startAdmin()
    const refused = await problem(admin.call('GET', `${path}?${query}`))
    expect(refused).toMatchObject({ status: 400, code: 'invalid_request', field })
  })

  it.each(['yesterday', '2026-13-01', '-1d', '1e9', '999999999999d'])('since %s', async (since) => {
    const admin = await startAdmin()
    const refused = await problem(admin.call('GET', `${path}/violations?since=${since}`))
    expect(refused).toMatchObject({ status: 400, field: 'since' })
  })

  it('reports are of one at a time', async () => {
    const admin = await startAdmin()
    const refused = await problem(admin.call('GET', `${path}/stats?user=a&client=web`))
    expect(refused).toMatchObject({ status: 400, field: 'client' })
  })

  it.each(['0', '7', 'a week', '-1d', 'Infinityd'])('cleanup of %s', async (untouched) => {
    const admin = await startAdmin()
    const refused = await problem(admin.call('POST', `${path}/cleanup`, { untouched }))
    expect(refused).toMatchObject({ status: 400, field: 'untouched' })
  })
})

describe('bodies that are none', () => {
  it.each([
    ['', 400],
    ['nonsense', 400],
    ['[]', 400],
    ['null', 400],
    ['"text"', 400],
    ['{"user":"a"', 400],
    ['['.repeat(60_000), 400],
    [`{"user": "${'x'.repeat(70_000)}"}`, 413],
  ])('%.20s', async (body, status) => {
    const admin = await startAdmin()
    const reply = await send(admin, 'PUT', body, 'application/json')
    expect(reply.status).toBe(status)
    expect(problemBody.safeParse(await reply.json()).success).toBe(true)
    expect(admin.errors).toEqual([])
  })

  it('no UTF-8', async () => {
    const admin = await startAdmin()
    const body = Buffer.from('{"user":"\xff","limit":1,"window":"day"}', 'latin1')
    expect((await send(admin, 'PUT', body, 'application/json')).status).toBe(400)
  })

  it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/json5'])(
    'content-type %s',
    async (type) => {
      const admin = await startAdmin()
      const body = type === undefined ? Buffer.from(JSON.stringify(good)) : JSON.stringify(good)
      const reply = await send(admin, 'PUT', body, type)
      expect(reply.status).toBe(415)
      expect(admin.set.all()).toEqual([])
    },
  )

  it('a body without end', async () => {
    const admin = await startAdmin()
    const piece = new Uint8Array(16 * 1024).fill(0x20)
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(piece) })
    const reply = await fetch(`${admin.url}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    }).catch(() => null)
    // The answer, or the end of the connection, whichever the client sees first.
    expect([413, undefined]).toContain(reply?.status)
    expect((await admin.call('GET', path)).status).toBe(200)
  })
})

describe('every operation', () => {
  const values = [null, 0, -1, 1e308, '', 'x', '\u0000', '../..', [], {}, true, '%', "' OR 1=1 --"]

  it.each(operations)('$method $path never fails on nonsense', async (operation) => {
    const admin = await startAdmin()
    for (const name of [...Object.keys(operation.input.shape), 'nobody']) {
      for (const value of values) {
        const query = new URLSearchParams({ [name]: String(value) })
        const inQuery = operation.method === 'GET' || operation.method === 'DELETE'
        const { status } = await (inQuery
          ? admin.call(operation.method, `${operation.path}?${query}`)
          : admin.call(operation.method, operation.path, { [name]: value }))
        expect([200, 400, 404, 409], `${name}: ${JSON.stringify(value)}`).toContain(status)
      }
    }
    expect(admin.errors).toEqual([])
  })
})
