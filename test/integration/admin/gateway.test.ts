import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { isObject } from '../../../src/core/json.ts'
import { startGateway, type TestGateway, temporaryDirectory } from '../../support/gateway.ts'
import { limits } from '../../support/limits-command.ts'
import { runWaybill, startWaybillProcess } from '../../support/waybill-process.ts'

const yaml = `
server: { listen: "127.0.0.1:0" }
admin: { listen: "127.0.0.1:0" }
providers: { demo: { simulated: { timeToFirstTokenMs: 0, tokensPerSecond: 100000 }, models: { small: {} } } }
models: { fast: { targets: [demo/small] } }
`

async function ask(gateway: { readonly url: string }, user: string): Promise<number> {
  const reply = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-waybill-user': user },
    body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  await reply.text()
  return reply.status
}

function adminOf(gateway: TestGateway) {
  const { admin } = gateway.waybill
  if (admin === null) throw new Error('the admin API is off')
  return admin
}

describe('a gateway and its admin API', () => {
  it('takes a limit for the next request, and over a restart', async () => {
    const dataDirectory = temporaryDirectory()
    const cwd = dataDirectory
    const first = await startGateway(yaml, { dataDirectory })
    expect(await ask(first, 'alice')).toBe(200)
    const at = (gateway: TestGateway) => ['--admin', adminOf(gateway).url, '--data', dataDirectory]
    const quota = ['set', '--user', 'alice', '--limit', '1', '--window', 'day']
    const set = await limits([...quota, ...at(first)], { cwd })
    expect(set).toMatchObject({ code: 0, err: '' })
    expect([await ask(first, 'alice'), await ask(first, 'alice')]).toEqual([200, 429])
    expect(await ask(first, 'bob')).toBe(200)
    await first.waybill.stop()

    const second = await startGateway(yaml, { dataDirectory })
    expect(adminOf(second).newToken).toBeNull()
    expect(await ask(second, 'alice')).toBe(429)
    const status = await limits(['status', '--user', 'alice', '--json', ...at(second)], { cwd })
    expect(JSON.parse(status.out)).toMatchObject({
      limits: [{ scope: 'user:alice', limit: 1, used: 1, reserved: 0, origin: 'set' }],
    })
    const removed = await limits(['remove', '--user', 'alice', ...at(second)], { cwd })
    expect(removed.code).toBe(0)
    expect(await ask(second, 'alice')).toBe(200)
  })

  it('tells violations and what was let pass', async () => {
    const gateway = await startGateway(`${yaml}limits: { user: [{ per: hour, requests: 2 }] }\n`)
    const statuses = [1, 2, 3].map(() => ask(gateway, 'alice'))
    expect((await Promise.all(statuses)).sort()).toEqual([200, 200, 429])
    const { url, newToken } = adminOf(gateway)
    const env = { WAYBILL_ADMIN_TOKEN: newToken?.reveal() ?? '' }
    const json = async (name: string) =>
      JSON.parse((await limits([name, '--json', '--admin', url], { env })).out)
    expect(await json('violations')).toMatchObject({
      violations: [{ scope: 'user:alice', metric: 'requests', needed: 1, remaining: 0 }],
    })
    expect(await json('stats')).toMatchObject({
      days: [{ id: 'user requests/hour', allowed: 2, denied: 1, amount: 2 }],
    })
  })

  it('may have none', async () => {
    const off = yaml.replace(/^admin: .*$/m, 'admin: false')
    const gateway = await startGateway(off)
    expect(gateway.waybill.admin).toBeNull()
    expect(await ask(gateway, 'alice')).toBe(200)
  })

  it('does not start with a token anybody could guess', async () => {
    const environment = { WAYBILL_ADMIN_TOKEN: 'short' }
    await expect(startGateway(yaml, { environment })).rejects.toThrow(
      'WAYBILL_ADMIN_TOKEN has fewer than 32 characters',
    )
  })

  it('lets two listen on one machine, unless an address was chosen', async () => {
    const usual = yaml.replace(/^admin: .*$/m, '')
    const [first, second] = [await startGateway(usual), await startGateway(usual)]
    expect(adminOf(first).url).not.toBe(adminOf(second).url)
    const taken = yaml.replace(
      /^admin: .*$/m,
      `admin: { listen: "${new URL(adminOf(second).url).host}" }`,
    )
    await expect(startGateway(taken)).rejects.toThrow('choose another with --admin-listen')
  })
})

describe('the admin token', () => {
  it('is shown once, kept for its owner, and never logged', async () => {
    const first = await startWaybillProcess({ yaml })
    const file = path.join(first.directory, 'data/admin-token')
    const token = readFileSync(file, 'utf8').trim()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(first.stderr()).toContain(`  admin token        ${token}\n`)
    const [, shown = ''] = /GET (\S+) with Authorization: Bearer/.exec(first.stderr()) ?? []
    const asShown = { headers: { authorization: `Bearer ${token}` } }
    expect((await fetch(shown, asShown)).status).toBe(200)
    expect(first.stdout()).not.toContain(token)
    const listening = first.log().find(({ msg }) => msg === 'listening')
    const url = isObject(listening) ? listening['admin'] : null
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const run = runWaybill(['limits', 'status', '--admin', String(url), '--data', 'data'], {
      directory: first.directory,
    })
    expect(await run.exited()).toMatchObject({ code: 0 })
    first.child.kill('SIGTERM')
    expect(await first.exited()).toMatchObject({ code: 0 })

    const second = await startWaybillProcess({ directory: first.directory })
    expect(second.stderr()).toContain('admin API')
    expect(second.stderr()).not.toContain(token)
    expect(second.stdout()).not.toContain(token)
  })
})
