import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, it, onTestFinished } from 'vitest'
import { register } from '../../../src/cli/explain.ts'
import { startGateway, temporaryDirectory } from '../../support/gateway.ts'
import { smallFacts } from '../config/configure.ts'

const hash = createHash('sha256').update('wb-web').digest('hex')
const yaml = `
providers:
  a: { simulated: {}, models: { small: { price: { input: 0.1, output: 0.4 } } } }
  b: { simulated: {}, models: { small: { price: { input: 0.2, output: 0.8 } } } }
  off: { like: openai, enabled: false }
models:
  fast: { strategy: cost, targets: [b/small, a/small, off/gpt-4o] }
policies: { default: { allow: ["*"] }, narrow: { allow: ["a/*"] } }
clients: { web: { policy: narrow, key: "sha256:${hash}" } }
`
const chat = '{ "model": "fast", "messages": [{ "role": "user", "content": "hi" }] }'

interface Given {
  readonly request?: string
  readonly env?: Readonly<Record<string, string>>
  readonly configuration?: string
}

async function explain(args: readonly string[], given: Given = {}) {
  const cwd = temporaryDirectory()
  writeFileSync(path.join(cwd, 'waybill.yaml'), given.configuration ?? yaml)
  writeFileSync(path.join(cwd, 'request.json'), given.request ?? chat)
  const said: { out: string[]; err: string[] } = { out: [], err: [] }
  let exitCode = 0
  const program = new Command().exitOverride()
  register(program, {
    out: (text) => void said.out.push(text),
    err: (text) => void said.err.push(text),
    env: given.env ?? {},
    cwd,
    setExitCode: (code) => {
      exitCode = code
    },
    facts: smallFacts,
  })
  await program.parseAsync(['explain', ...args], { from: 'user' })
  return { out: said.out.join('\n'), err: said.err.join('\n'), exitCode }
}

describe('waybill explain --offline', () => {
  it('shows the decision, who was considered and who was not', async () => {
    const { out, err, exitCode } = await explain(['request.json', '--offline'])
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 })
    expect(out.split('\n')).toEqual([
      'request   POST /v1/chat/completions',
      'model     fast (alias)',
      'policy    default',
      'strategy  cost',
      'target    a/small',
      expect.stringMatching(/^reason {4}lowest expected cost: \$0\.0000/),
      expect.stringMatching(/^expected {2}latency unknown, cost \$0\.0000\d+, confidence 0\.\d+$/),
      'id        wb_offline',
      '',
      'TARGET   SCORE  COST        LATENCY  BREAKER  SCORES',
      expect.stringMatching(/^a\/small +1 +\$0\.0000\d+ +unknown +closed +cost 1$/),
      expect.stringMatching(/^b\/small +0\.5 +\$0\.000\d+ +unknown +closed +cost 0\.5$/),
      '',
      'LEFT OUT    BECAUSE',
      'off/gpt-4o  provider off is disabled',
    ])
  })

  it('says the same twice, as JSON in the shape of the endpoint', async () => {
    const args = ['request.json', '--offline', '--json', '-H', 'X-Waybill-Strategy: random']
    const [once, again] = [await explain(args), await explain(args)]
    expect(again).toEqual(once)
    expect(JSON.parse(once.out)).toMatchObject({
      id: 'wb_offline',
      model: 'fast',
      strategy: 'random',
      candidates: [{ breaker: 'closed' }, {}],
      limits: [],
    })
  })

  it('1: a request that would be refused, with its status', async () => {
    const request = chat.replace('fast', 'fats')
    const { out, err, exitCode } = await explain(['request.json', '--offline'], { request })
    expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 })
    expect(err).toMatch(/^POST \/v1\/chat\/completions would be refused with 404: .*"fast"\?/)
    const json = await explain(['request.json', '--offline', '--json'], { request })
    expect(JSON.parse(json.out)).toMatchObject({ refused: { status: 404 } })
  })

  it('asks as a client, whose policy holds', async () => {
    const args = ['request.json', '--offline', '--client']
    expect((await explain([...args, 'web'])).err).toContain('refused with 403')
    expect((await explain([...args, 'wed'])).err).toContain('Did you mean "web"?')
  })

  it.each([
    ['anthropic by its system text', '{"model":"fast","system":"s","messages":[]}', '/v1/messages'],
    [
      'anthropic by its tools',
      '{"model":"fast","tools":[{"input_schema":{}}],"messages":[]}',
      '/v1/messages',
    ],
    ['responses by its input', '{"model":"fast","input":"hi"}', '/v1/responses'],
    [
      'a path in the file',
      `{"path":"/v1/embeddings","body":{"model":"fast","input":"hi"}}`,
      '/v1/embeddings',
    ],
  ])('tells where a request is sent: %s', async (_what, request, where) => {
    const { out, err } = await explain(['request.json', '--offline'], { request })
    expect(out + err).toContain(`POST ${where}`)
  })

  it('takes the path that is named', async () => {
    const args = ['request.json', '--offline', '--path', '/v1beta/models/fast:generateContent']
    const { out, exitCode } = await explain(args, { request: '{"contents":[]}' })
    expect(exitCode).toBe(0)
    expect(out).toContain('model     fast (alias)')
  })

  it.each([
    ['no JSON', 'nonsense', 'is not a JSON object'],
    ['Gemini without a model', '{"contents":[]}', '--path /v1beta/models/MODEL:generateContent'],
  ])('1: %s', async (_what, request, reason) => {
    const { err, exitCode } = await explain(['request.json', '--offline'], { request })
    expect(exitCode).toBe(1)
    expect(err).toContain(reason)
  })

  it('1: a broken configuration', async () => {
    const given = { configuration: 'modls: {}' }
    const { err, exitCode } = await explain(['request.json', '--offline'], given)
    expect(exitCode).toBe(1)
    expect(err).toContain('waybill.yaml:1')
  })

  it.each([
    [['none.json', '--offline'], 'none.json cannot be read'],
    [['request.json', '--offline', '-H', 'nonsense'], '--header takes'],
    [['request.json', '--offline', '--config', 'none.yaml'], 'there is no such file'],
    [['request.json', '--config', 'waybill.yaml'], '--config needs --offline'],
    [['request.json', '--client', 'web'], 'WAYBILL_KEY'],
    [['request.json', '--url', 'nowhere'], '--url takes'],
  ])('2: %j', async (args, reason) => {
    const { out, err, exitCode } = await explain(args)
    expect({ out, exitCode }).toEqual({ out: '', exitCode: 2 })
    expect(err).toContain(reason)
  })
})

describe('waybill explain', () => {
  it('asks the running gateway, with the key of the environment', async () => {
    const { url } = await startGateway(yaml)
    const local = await explain(['request.json', '--url', `${url}/`, '--json'])
    expect(local.exitCode).toBe(0)
    const { id, target, policy } = JSON.parse(local.out)
    expect({ target, policy }).toEqual({ target: 'a/small', policy: 'default' })
    expect(id).toMatch(/^wb_\w{26}$/)
    const asked = await explain(['request.json', '--url', url], { env: { WAYBILL_KEY: 'wb-web' } })
    expect(asked.exitCode).toBe(1)
    expect(asked.err).toContain('refused with 403: Policy "narrow" does not allow the model "fast"')
    const header = ['-H', 'x-waybill-strategy: failover']
    expect((await explain(['request.json', '--url', url, ...header])).out).toContain('b/small')
  })

  it('1: no gateway, or something else, is there', async () => {
    const other = createServer((_, response) => response.end('{"hello":"world"}'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const strange = await explain(['request.json', '--url', `http://127.0.0.1:${port}`])
    expect(strange).toMatchObject({ exitCode: 1, err: expect.stringContaining('is no Waybill') })
    const nobody = await explain(['request.json', '--url', 'http://127.0.0.1:9'])
    expect(nobody.exitCode).toBe(1)
    // Nobody listens there, and fetch, which guards ports of other protocols, would not ask.
    expect(nobody.err).toContain('(bad port)')
    expect(nobody.err).toContain('or use --offline')
  })
})
