import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { plainBehaviour } from '../../src/mock/behaviour/behaviour.ts'
import { parseBehaviour } from '../../src/mock/behaviour/parse-behaviour.ts'
import { type Mock, startMock } from '../../src/mock/start-mock.ts'
import { startGateway, temporaryDirectory } from '../support/gateway.ts'
import { runWaybill } from '../support/waybill-process.ts'
import { documentedUrl, run } from './documented-gateway.ts'
import { blockWith, readDocument, tableRows } from './documents.ts'

const documentedMock = 'http://127.0.0.1:4110'

async function runningMock(): Promise<Mock> {
  const mock = await startMock()
  onTestFinished(() => mock.close())
  return mock
}

/** A documented configuration, started on a free port. */
function startDocumented(yaml: string, environment: Readonly<Record<string, string>> = {}) {
  const anyPort = 'server: { listen: 127.0.0.1:0 }'
  return startGateway(yaml.replace(/^server: \{ listen: [^ ]+ \}/m, anyPort), { environment })
}

const ask = (model: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }] }),
})

describe('test your application', () => {
  const file = 'docs/how-to/test-your-application.md'

  it('shows a stream that is cut off after the 20th token', async () => {
    const mock = await runningMock()
    const { text } = blockWith(file, 'fault=cut-fin@20')
    const { code, stdout } = await run('bash', ['-c', text.replaceAll(documentedMock, mock.url)])
    expect(code).not.toBe(0)
    expect(stdout.match(/"content":"[^"]+"/g)).toHaveLength(20)
    expect(stdout).not.toContain('[DONE]')
  })

  it('names troubles the mock knows', () => {
    const cells = tableRows(readDocument(file), 'to see').map(([, use = '']) => use)
    const behaviours = cells.flatMap((cell) => cell.match(/(?<=`)[a-z-]+=[^`]+(?=`)/g) ?? [])
    expect(behaviours.length).toBeGreaterThan(5)
    for (const behaviour of behaviours) {
      expect(parseBehaviour(plainBehaviour, [behaviour]), behaviour).toMatchObject({ ok: true })
    }
  })

  it('shows a gateway whose first target always refuses', async () => {
    const mock = await runningMock()
    const yaml = blockWith(file, 'first/mock-small').text
    const gateway = await startDocumented(yaml.replaceAll(documentedMock, mock.url))
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, ask('assistant'))
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-waybill-target')).toBe('second/mock-small')
    expect(reply.headers.get('x-waybill-attempts')).toBe('2')
  })

  it('orders trouble for one request by a header', async () => {
    const mock = await runningMock()
    const yaml = blockWith(file, 'first/mock-small').text
    const gateway = await startDocumented(yaml.replaceAll(documentedMock, mock.url))
    const request = ask('second/any')
    const headers = { ...request.headers, 'x-mock': 'status=400' }
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, { ...request, headers })
    expect(reply.status).toBe(400)
  })
})

describe('use several providers', () => {
  const file = 'docs/how-to/several-providers.md'

  it('shows failover between simulated providers', async () => {
    const gateway = await startDocumented(blockWith(file, 'errorRate: 0.5').text)
    const { text } = blockWith(file, 'for i in')
    const { stdout } = await run('bash', ['-c', text.replaceAll(documentedUrl, gateway.url)])
    const lines = stdout.trim().split(/\r?\n/)
    expect(lines).toHaveLength(12)
    const attempts = lines.filter((line) => line.startsWith('x-waybill-attempts'))
    const steady = lines.filter((line) => line.endsWith('steady/small'))
    expect(attempts.filter((line) => line.endsWith('2'))).toHaveLength(steady.length)
  })
})

describe('explain a decision', () => {
  it('shows what the command prints', async () => {
    const file = 'docs/how-to/explain-a-decision.md'
    const directory = temporaryDirectory()
    const request = blockWith(file, 'json_object').text
    writeFileSync(path.join(directory, 'request.json'), request)
    const yaml = blockWith(file, 'jsonMode: false').text
    const run = runWaybill(['explain', 'request.json', '--offline'], { directory, yaml })
    expect(await run.exited()).toMatchObject({ code: 0 })
    expect(run.stdout()).toBe(blockWith(file, 'LEFT OUT').text)
  })
})

describe('let Waybill learn', () => {
  const file = 'docs/how-to/adaptive-routing.md'

  it('shows how to rate a reply', async () => {
    const gateway = await startGateway(`
server: { listen: 127.0.0.1:0 }
providers: { demo: { simulated: { timeToFirstTokenMs: 0, tokensPerSecond: 100000 } } }
models: { smart: { strategy: adaptive, targets: [demo/small, demo/large] } }
`)
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, ask('smart'))
    expect(reply.headers.get('x-waybill-reason')).toBe('tried to learn of it: 0 of 10 samples')
    const id = reply.headers.get('x-waybill-id') ?? ''
    const text = blockWith(file, '/v1/feedback').text.replace('wb_01k9…', id)
    const { stdout } = await run('bash', ['-c', text.replaceAll(documentedUrl, gateway.url)])
    expect(JSON.parse(stdout)).toEqual({ id, score: 0.8 })
  })
})

describe('give clients keys', () => {
  const file = 'docs/how-to/clients-with-keys.md'
  const environment = { OPENAI_API_KEY: 'key-of-the-documentation' }

  it('makes a key that opens the gateway it is configured in', async () => {
    const { stdout } = await run('bash', ['-c', blockWith(file, 'openssl rand').text])
    const [key = '', hash = ''] = stdout.split(/\s+/)
    expect(key).toMatch(/^wb-[0-9a-f]{64}$/)
    expect(hash).toBe(createHash('sha256').update(key).digest('hex'))

    const yaml = blockWith(file, 'default: { allow: [] }').text
    const gateway = await startDocumented(yaml.replace(/sha256:\w+/, `sha256:${hash}`), environment)
    const models = (headers: Record<string, string>) =>
      fetch(`${gateway.url}/v1/models`, { headers })
    expect((await models({ authorization: `Bearer ${key}` })).status).toBe(200)
    expect((await models({ 'x-api-key': key })).status).toBe(200)
    expect((await models({ 'x-goog-api-key': key })).status).toBe(200)
    expect((await models({ 'x-api-key': `${key}0` })).status).toBe(401)
  })

  it('leaves callers without a key nothing where the default policy is empty', async () => {
    const yaml = blockWith(file, 'default: { allow: [] }').text
    const gateway = await startDocumented(yaml, environment)
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, ask('openai/gpt-4o-mini'))
    expect(reply.status).toBe(403)
  })
})
