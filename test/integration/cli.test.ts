import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseJson } from '../../src/core/json.ts'
import { streamChat } from '../support/ask-chat.ts'
import { temporaryDirectory, until } from '../support/gateway.ts'
import { startPacedUpstream } from '../support/paced-upstream.ts'
import {
  jsonLines,
  type ProcessOptions,
  recordsIn,
  runWaybill,
  startWaybillProcess,
} from '../support/waybill-process.ts'

const bin = path.resolve(import.meta.dirname, '../../bin/waybill.cjs')
const good = 'providers: { demo: { simulated: {}, models: { small: {} } } }\n'
const bad = `${good}modls: {}\n`
const commands = [
  'start',
  'init',
  'check',
  'schema',
  'explain',
  'models',
  'mock',
  'limits',
  'doctor',
]

async function waybill(args: readonly string[], options: ProcessOptions = {}) {
  const run = runWaybill(args, options)
  const { code } = await run.exited()
  return { code, out: run.stdout(), err: run.stderr(), directory: run.directory }
}

describe('waybill', () => {
  it('lists its commands, and says how to go on', async () => {
    const { code, out, err } = await waybill(['--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  })

  it.each(['-v', '--version'])('%s prints the version', async (flag) => {
    const { version } = JSON.parse(readFileSync(path.resolve(bin, '../../package.json'), 'utf8'))
    expect(await waybill([flag])).toMatchObject({ code: 0, out: `${version}\n`, err: '' })
  })

  it.each(commands)('%s --help shows its options and does nothing', async (command) => {
    const { code, out, err } = await waybill([command, '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(`Usage: waybill ${command}`)
  })

  it.each([
    ['an unknown command', ['strat']],
    ['an unknown option', ['check', '--jsn']],
    ['an unknown option of its own', ['--jsn']],
    ['too many arguments', ['schema', 'extra']],
    ['an option without its value', ['start', '--listen']],
  ])('%s is wrong usage', async (_what, args) => {
    const { code, out, err } = await waybill(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('waybill --help')
  })

  it('no command is wrong usage, and shows the help', async () => {
    const { code, out, err } = await waybill([])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('Usage: waybill')
  })

  it('names the command that was meant', async () => {
    expect((await waybill(['strat'])).err).toContain('Did you mean start?')
  })

  it('is quiet when nobody reads what it prints', () => {
    const run = spawnSync('sh', ['-c', `"${process.execPath}" "${bin}" schema | head -c 10`], {
      encoding: 'utf8',
    })
    expect(run).toMatchObject({ status: 0, stderr: '' })
    expect(run.stdout).toHaveLength(10)
  })
})

describe('waybill check', () => {
  it('0: good', async () => {
    expect(await waybill(['check'], { yaml: good })).toMatchObject({
      code: 0,
      out: 'waybill.yaml: good\n',
    })
  })

  it('1: a problem, with file, line and column', async () => {
    const { code, out } = await waybill(['check'], { yaml: bad })
    expect(code).toBe(1)
    expect(out).toContain('waybill.yaml:2:1: error: modls: unknown key "modls"')
  })

  it('2: nothing to check', async () => {
    expect((await waybill(['check'])).code).toBe(2)
    expect((await waybill(['check', 'missing.yaml'])).code).toBe(2)
  })

  it('--json is JSON in every case', async () => {
    const parsed = async (yaml: string) =>
      JSON.parse((await waybill(['check', '--json'], { yaml })).out)
    expect(await parsed(good)).toMatchObject({ ok: true, problems: [], warnings: [] })
    expect(await parsed(bad)).toMatchObject({ ok: false, problems: [{ line: 2, column: 1 }] })
  })
})

describe('waybill schema', () => {
  it('prints a JSON schema', async () => {
    const { code, out } = await waybill(['schema'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ type: 'object', properties: { providers: {} } })
  })
})

describe('waybill models', () => {
  it('prints a table, and the same as JSON', async () => {
    const { code, out } = await waybill(['models'], { yaml: good })
    expect(code).toBe(0)
    expect(out).toContain('demo/small')
    const json = await waybill(['models', '--json'], { yaml: good })
    expect(JSON.parse(json.out)).toMatchObject({ models: [{ name: 'demo/small' }] })
  })

  it('1: a broken configuration · 2: none of that name', async () => {
    expect(await waybill(['models'], { yaml: bad })).toMatchObject({ code: 1, out: '' })
    expect(await waybill(['models', '-c', 'missing.yaml'])).toMatchObject({ code: 2, out: '' })
  })
})

describe('waybill init', () => {
  it('writes what check finds good and start takes', async () => {
    const directory = temporaryDirectory()
    expect((await waybill(['init'], { directory })).code).toBe(0)
    expect(existsSync(path.join(directory, 'waybill.yaml'))).toBe(true)
    expect((await waybill(['check'], { directory })).code).toBe(0)
    const started = await startWaybillProcess({ directory })
    expect((await fetch(`${started.url}/health`)).status).toBe(200)
    expect((await waybill(['init'], { directory })).code).toBe(1)
  })
})

describe('waybill init with a file', () => {
  it('says how to check and start that one', async () => {
    const { code, out } = await waybill(['init', 'other.yaml'])
    expect(code).toBe(0)
    expect(out).toContain('`waybill check other.yaml`')
    expect(out).toContain('`waybill start --config other.yaml`')
  })
})

describe('waybill doctor', () => {
  const listen = 'server: { listen: "127.0.0.1:0" }\n'

  it('0: nothing in the way', async () => {
    const { code, out } = await waybill(['doctor'], { yaml: `${listen}${good}` })
    expect(code).toBe(0)
    for (const check of ['node', 'configuration', 'listen', 'data', 'provider demo']) {
      expect(out).toMatch(new RegExp(`^${check} +good`, 'm'))
    }
  })

  it('1: a port in use, a provider out of reach, a broken file; as JSON too', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : 0
    const yaml = [
      `server: { listen: "127.0.0.1:${port}" }`,
      'providers: { up: { dialect: openai, baseUrl: "http://127.0.0.1:1/v1" } }',
      '',
    ].join('\n')
    const { code, out } = await waybill(['doctor', '--json'], { yaml })
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([
        expect.objectContaining({ check: 'listen', state: 'problem' }),
        expect.objectContaining({ check: 'provider up', state: 'problem' }),
      ]),
    })
    const broken = await waybill(['doctor'], { yaml: bad })
    expect(broken.code).toBe(1)
    expect(broken.out).toContain('waybill.yaml:2:1')
  })

  it.each([
    ['a file', (directory: string) => path.join(directory, 'file'), 'cannot be written'],
    [
      'inside a file',
      (directory: string) => path.join(directory, 'file/data'),
      'cannot be written',
    ],
    ['nowhere', () => '/proc/waybill-data', 'cannot be written'],
    ['with another waybill.db', (directory: string) => directory, 'is no SQLite database'],
  ])('1: a data directory that is %s', async (_what, place, problem) => {
    const directory = temporaryDirectory()
    writeFileSync(path.join(directory, 'file'), '')
    writeFileSync(path.join(directory, 'waybill.db'), 'this is somebody else’s file')
    const { code, out } = await waybill(['doctor', '--json', '--data', place(directory)])
    expect(code).toBe(1)
    expect(parseJson(out)).toMatchObject({
      findings: expect.arrayContaining([
        { check: 'data', state: 'problem', detail: expect.stringContaining(problem) },
      ]),
    })
  })

  it('0: a data directory that would have to be made, which it leaves to the start', async () => {
    const directory = temporaryDirectory()
    const yaml = `${listen}${good}`
    const data = path.join(directory, 'one/two')
    expect((await waybill(['doctor', '--data', data], { directory, yaml })).code).toBe(0)
    expect(readdirSync(directory)).toEqual(['waybill.yaml'])
  })

  it('0: a data directory in use', async () => {
    const gateway = await startWaybillProcess({ yaml: good })
    const data = path.join(gateway.directory, 'data')
    await until(() => existsSync(path.join(data, 'waybill.db')))
    const { out } = await waybill(['doctor', '--data', data])
    expect(out).toMatch(/^data +good/m)
  })

  it('never shows a key', async () => {
    const environment = { OPENAI_API_KEY: 'sk-canary-0123456789abcdef' }
    const { out, err } = await waybill(['doctor', '--json'], { environment })
    expect(out + err).not.toContain('canary')
  })

  it('without a configuration says what is found', async () => {
    const { out } = await waybill(['doctor', '--json'])
    expect(JSON.parse(out)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ check: 'configuration', detail: 'environment' }),
      ]),
    })
  })
})

describe('waybill mock', () => {
  it('serves until it is told to end', async () => {
    const mock = runWaybill(['mock', '--listen', '127.0.0.1:0', '--json'])
    await until(() => mock.stdout().includes('\n'))
    const [told] = jsonLines(mock.stdout())
    const reply = await fetch(`${told?.['url']}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
    })
    expect(reply.status).toBe(200)
    mock.child.kill('SIGTERM')
    expect((await mock.exited()).code).toBe(0)
  })

  it('2: wrong usage', async () => {
    expect((await waybill(['mock', '--seed', 'x'])).code).toBe(2)
  })
})

/** A Node older than Waybill needs, as machines have it; null where there is none. */
function olderNode(): string | null {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(':')]
  for (const folder of folders) {
    const node = path.join(folder, 'node')
    if (folder.includes('node_modules') || !existsSync(node)) continue
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
    if (major < 22 || (major === 22 && minor < 19)) return node
  }
  return null
}

const older = olderNode()

describe.skipIf(older === null)('on a Node that is too old', () => {
  const node = older ?? ''

  it('it runs with the one of its own', async () => {
    expect(await waybill(['--version'], { node })).toMatchObject({ code: 0, err: '' })
    const { out } = await waybill(['doctor', '--json'], { node })
    expect(parseJson(out)).toMatchObject({
      findings: expect.arrayContaining([
        { check: 'node', state: 'good', detail: expect.stringMatching(/^2[2-9]\./) },
      ]),
    })
  })

  it('exit codes are those of the command', async () => {
    expect((await waybill(['check'], { node, yaml: good })).code).toBe(0)
    expect((await waybill(['check'], { node, yaml: bad })).code).toBe(1)
    expect((await waybill(['strat'], { node })).code).toBe(2)
  })

  async function running(detached = false) {
    const upstream = await startPacedUpstream()
    const yaml = `providers: { up: { dialect: openai, baseUrl: "${upstream.baseUrl}" } }\n`
    return startWaybillProcess({ node, yaml, detached })
  }

  it('signals reach it: SIGTERM drains, SIGHUP reloads', async () => {
    const gateway = await running()
    gateway.child.kill('SIGHUP')
    await until(() => gateway.log().some(({ msg }) => msg === 'configuration reloaded'))
    const stream = await streamChat(gateway.url, 'up/10x50')
    await until(() => stream.text().includes('word1'))
    gateway.child.kill('SIGTERM')
    expect(await stream.whole()).toContain('[DONE]')
    expect(await gateway.exited()).toMatchObject({ code: 0, signal: null })
    expect(recordsIn(gateway.directory)).toHaveLength(1)
  })

  it('a signal to both processes, as a terminal sends it, is one signal', async () => {
    const gateway = await running(true)
    const stream = await streamChat(gateway.url, 'up/20x50')
    await until(() => stream.text().includes('word1'))
    process.kill(-(gateway.child.pid ?? 0), 'SIGINT')
    expect(await stream.whole()).toContain('[DONE]')
    expect(await gateway.exited()).toMatchObject({ code: 0, signal: null })
  })

  it('a second signal ends it at once', async () => {
    const gateway = await running()
    const stream = await streamChat(gateway.url, 'up/600x100')
    await until(() => stream.text().includes('word1'))
    gateway.child.kill('SIGINT')
    await until(() => gateway.log().some(({ msg }) => String(msg).includes('draining')))
    await new Promise((resolve) => setTimeout(resolve, 200))
    gateway.child.kill('SIGINT')
    expect(await stream.whole()).toContain('shutting_down')
    expect((await gateway.exited()).code).toBe(1)
  })
})
