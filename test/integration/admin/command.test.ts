import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen } from '../../../src/http/listen.ts'
import { adminToken, openOffice, startAdmin, type TestAdmin } from '../../support/admin.ts'
import { temporaryDirectory } from '../../support/gateway.ts'
import { limits } from '../../support/limits-command.ts'

const env = { WAYBILL_ADMIN_TOKEN: adminToken }

function at(admin: TestAdmin) {
  return (...args: string[]) => limits([...args, '--admin', admin.url], { env })
}

describe('waybill limits', () => {
  it('shows, sets, resets and removes', async () => {
    const admin = await startAdmin()
    const run = at(admin)
    const set = await run('set', '--user', 'alice', '--limit', '2', '--window', 'minute')
    expect(set).toMatchObject({ code: 0, err: '' })
    expect(set.out).toMatch(/^SCOPE +METRIC +WINDOW +LIMIT +BURST +EXPIRES\nuser:alice +requests/)
    admin.request({ user: 'alice' })
    const status = await run('status', '--user', 'alice')
    expect(status.code).toBe(0)
    expect(status.out).toMatch(/^user:alice +requests +minute +2 +0 +1 +\d +1 +\d+ s +set +-$/m)
    const reset = await run('reset', '--user', 'alice')
    expect(reset).toMatchObject({ code: 0, out: '1 book emptied\n' })
    const removed = await run('remove', '--user', 'alice')
    expect(removed).toMatchObject({ code: 0, out: 'user:alice requests/minute\n' })
    expect((await run('remove', '--user', 'alice')).code).toBe(1)
  })

  it('sets what each option says', async () => {
    const admin = await startAdmin()
    const run = at(admin)
    const expiresAt = new Date(Date.now() + 30 * 86_400_000).toISOString()
    const { code, out } = await run(
      ...['set', '--policy', 'product-x', '--metric', 'cost', '--window', 'month'],
      ...['--limit', '12.5', '--burst', '0.5', '--expires', expiresAt, '--json'],
    )
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      id: 'policy:product-x cost/month',
      limit: 12.5,
      burst: 0.5,
      expiresAt,
    })
    expect((await run('config', '--policy', 'product-x')).out).toMatch(
      /\$12\.50 +\$0\.50 +calendar UTC/,
    )
  })

  it.each(['status', 'config', 'stats', 'violations', 'buckets', 'cleanup'])(
    '%s prints for people, and as JSON',
    async (name) => {
      const admin = await startAdmin()
      const plain = await at(admin)(name)
      expect(plain).toMatchObject({ code: 0, err: '' })
      expect(plain.out).not.toBe('')
      const json = await at(admin)(name, '--json')
      expect(json).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(json.out)).toBeTypeOf('object')
    },
  )

  it('names of clients do nothing to a terminal', async () => {
    const admin = await startAdmin()
    const user = 'x\u001b[2J\u009b31m\u202e'
    admin.request({ user })
    const { out } = await at(admin)('buckets')
    expect(out).toContain(String.raw`user:x\u001b[2J\u009b31m\u202e`)
    const json = await at(admin)('buckets', '--json')
    for (const control of ['\u001b', '\u009b', '\u202e']) expect(json.out).not.toContain(control)
    expect(JSON.stringify(JSON.parse(json.out))).toContain(JSON.stringify(user).slice(1, -1))
  })

  it('a name as it is shown is one that a shell takes', async () => {
    const admin = await startAdmin()
    const user = '\\u0041\u{1f468}\u200d\u{1f469}\u{e0001}\u202e'
    admin.request({ user })
    const { out } = await at(admin)('buckets', '--user', user)
    const shown = /user:(\S+)/.exec(out)?.[1] ?? ''
    const environment = { ...process.env, LC_ALL: 'C.UTF-8' }
    const read = execFileSync('bash', ['-c', `printf %s $'${shown}'`], { env: environment })
    expect(read.toString()).toBe(user)
  })

  it('says when books are out of reach', async () => {
    const office = await openOffice()
    const message = 'Redis refuses connections: this gateway gives out 1/3 of every limit.'
    const health = () => ({ ...office.desk.health(), mode: 'local' as const, message })
    const admin = await startAdmin({ office: { ...office, desk: { ...office.desk, health } } })
    const { code, err, out } = await at(admin)('status')
    expect({ code, err }).toEqual({ code: 0, err: `${message}\n` })
    expect(out).toMatch(/^SCOPE/)
  })

  it('says that there are more', async () => {
    const admin = await startAdmin()
    for (let i = 0; i < 3; i++) admin.request({ user: `user-${i}` })
    const { err, code } = await at(admin)('buckets', '--max', '1')
    expect({ err, code }).toEqual({ err: 'There are more: --max shows up to 1000.\n', code: 0 })
  })

  it.each([
    ['no limit', ['set', '--user', 'alice', '--window', 'day'], '--limit <amount>'],
    ['nonsense for a number', ['set', '--user', 'a', '--limit', 'ten'], '--limit must be'],
    ['an unknown metric', ['set', '--user', 'a', '--limit', '1', '--metric', 'x'], '--metric must'],
    ['an unknown window', ['set', '--user', 'a', '--limit', '1', '--window', 'x'], '--window must'],
    ['nobody', ['set', '--limit', '1', '--window', 'day'], 'Say whose limit it is'],
    ['an unknown option', ['status', '--usr', 'alice'], "unknown option '--usr'"],
    ['an unknown command', ['sttus'], "unknown command 'sttus'"],
    ['nobody to reset', ['reset'], 'Or all'],
    ['one and all', ['reset', '--all', '--user', 'a'], 'not both'],
    ['too many rows', ['status', '--max', '5000'], '--max must be'],
    ['no time', ['stats', '--since', 'yesterday'], 'since is a date'],
    ['no command', [], 'Usage: waybill limits'],
  ])('2: %s', async (_what, args, words) => {
    const admin = await startAdmin()
    const { code, err, out } = await limits(
      args.length === 0 ? [] : [...args, '--admin', admin.url],
      { env },
    )
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(words)
  })

  it('1: what is not known, in words and as JSON', async () => {
    const admin = await startAdmin()
    const plain = await at(admin)('status', '--client', 'wbe')
    expect(plain).toEqual({
      code: 1,
      out: '',
      err: 'There is no client "wbe". Did you mean "web"?\n',
    })
    const json = await at(admin)('status', '--client', 'wbe', '--json')
    expect({ code: json.code, err: json.err }).toEqual({ code: 1, err: '' })
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'not_found', field: 'client' } })
  })
})

describe('the gateway a command asks', () => {
  /** A folder as that of a gateway with this configuration, and its token. */
  function home(yaml: string | null, token: string | null = adminToken): string {
    const cwd = temporaryDirectory()
    if (yaml !== null) writeFileSync(path.join(cwd, 'waybill.yaml'), yaml)
    mkdirSync(path.join(cwd, '.waybill'))
    if (token !== null) writeFileSync(path.join(cwd, '.waybill/admin-token'), `${token}\n`)
    return cwd
  }

  it('is the one of the configuration, whatever else is in it, with the token it keeps', async () => {
    const { url } = await startAdmin()
    const listen = `admin: { listen: "${new URL(url).host}" }`
    const cwd = home(`${listen}\nproviders: { openai: { apiKey: "\${NOT_HERE}" } }\nmodls: {}\n`)
    expect(await limits(['status'], { cwd })).toMatchObject({ code: 0, err: '' })
  })

  it('keeps its token beside its records', async () => {
    const { url } = await startAdmin()
    const cwd = home(`admin: { listen: "${new URL(url).host}" }\nstore: sqlite:data/waybill.db\n`)
    const lost = await limits(['status'], { cwd })
    expect(lost).toMatchObject({ code: 1, out: '' })
    expect(lost.err).toContain(`${cwd}/data/admin-token is not there`)
    expect((await limits(['status', '--data', '.waybill'], { cwd })).code).toBe(0)
  })

  it('may take another token', async () => {
    const admin = await startAdmin()
    const wrong = { WAYBILL_ADMIN_TOKEN: 'another-token-that-is-long-enough' }
    const { code, err, out } = await limits(['status', '--admin', admin.url], { env: wrong })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('This is not the admin token of this gateway.')
    expect(err).not.toContain('another-token')
  })

  it('does not answer', async () => {
    const { code, err } = await limits(['status', '--admin', 'http://127.0.0.1:1'], { env })
    expect(code).toBe(1)
    expect(err).toContain('No gateway answers at http://127.0.0.1:1')
    expect(err).toContain('waybill start')
  })

  it.each([
    [200, 'hello'],
    [200, '{"models": []}'],
    [404, '<h1>Not Found</h1>'],
    [302, ''],
  ])('is another program: %i %s', async (status, text) => {
    const other = createServer((_message, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(text)
    })
    const bound = await listen(other, { host: '127.0.0.1', port: 0 })
    onTestFinished(() => void other.close())
    const port = typeof bound === 'string' ? 0 : bound.port
    const { code, err } = await limits(['status', '--admin', `http://127.0.0.1:${port}`], { env })
    expect(code).toBe(1)
    expect(err).toContain('is no admin API of Waybill')
  })

  it('has its admin API turned off, or at a port nobody knows', async () => {
    const off = await limits(['status'], { cwd: home('admin: false\n') })
    expect(off).toMatchObject({ code: 1, out: '' })
    expect(off.err).toContain('turns the admin API off')
    const open = await limits(['status'], { cwd: home('admin: { listen: "127.0.0.1:0" }\n') })
    expect(open.err).toContain('name it with --admin')
  })

  it('elsewhere does not get the token of this machine', async () => {
    const { code, err } = await limits(['status', '--admin', 'http://192.0.2.1:4101'], {
      cwd: home(null),
    })
    expect(code).toBe(1)
    expect(err).toContain('Set WAYBILL_ADMIN_TOKEN to the admin token of http://192.0.2.1:4101')
  })

  it.each(['nonsense', 'ftp://127.0.0.1', 'file:///etc'])('is not at %s', async (url) => {
    const { code, err } = await limits(['status', '--admin', url], { env })
    expect(code).toBe(1)
    expect(err).toContain('--admin takes an address')
  })

  it('a token that breaks headers is not shown', async () => {
    const broken = { WAYBILL_ADMIN_TOKEN: 'secret\nsecret' }
    const { code, err } = await limits(['status', '--admin', 'http://127.0.0.1:1'], { env: broken })
    expect(code).toBe(1)
    expect(err).not.toContain('secret')
  })
})
