import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { askChat, streamChat } from '../support/ask-chat.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { startPacedUpstream } from '../support/paced-upstream.ts'
import { jsonLines, startWaybillProcess } from '../support/waybill-process.ts'

const listen = 'server: { listen: "127.0.0.1:0" }\n'

function configuration(baseUrl: string, target: string): string {
  return [
    `providers: { up: { dialect: openai, baseUrl: "${baseUrl}" } }`,
    `models: { fast: { targets: [${target}] } }`,
    '',
  ].join('\n')
}

interface Rig {
  readonly gateway: TestGateway
  /** Writes a configuration whose public name `fast` leads to this target. */
  put(target: string): void
  generation(): number
}

async function rig(target = 'up/one'): Promise<Rig> {
  const { baseUrl } = await startPacedUpstream()
  const gateway = await startGateway(configuration(baseUrl, target))
  return {
    gateway,
    put: (next) => writeFileSync(gateway.file, `${listen}${configuration(baseUrl, next)}`),
    generation: () => gateway.waybill.catalog().generation,
  }
}

const targetOf = async (url: string, model = 'fast') => {
  const reply = await askChat(url, model)
  await reply.arrayBuffer()
  return `${reply.status} ${reply.headers.get('x-waybill-target')}`
}

async function health(url: string): Promise<Record<string, unknown>> {
  const body: Record<string, unknown> = JSON.parse(await (await fetch(`${url}/health`)).text())
  return body
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}

describe('a changed file', () => {
  it('is in force for what comes after, and known by its generation', async () => {
    const { gateway, put, generation } = await rig()
    expect(await targetOf(gateway.url)).toBe('200 up/one')
    put('up/two')
    await until(() => generation() === 2)
    expect(await targetOf(gateway.url)).toBe('200 up/two')
    expect(await health(gateway.url)).toMatchObject({
      status: 'ok',
      configuration: { generation: 2, state: 'ok', problems: [] },
    })
    expect(await metric(gateway.url, 'waybill_config_generation')).toBe(2)
    await until(() => gateway.logText().includes('configuration reloaded'))
    const records = await gateway.records()
    expect(records.map(({ catalogGeneration }) => catalogGeneration)).toEqual([2, 1])
  })

  it('may bring the first provider that is simulated', async () => {
    const { gateway, generation } = await rig()
    expect(await targetOf(gateway.url)).toBe('200 up/one')
    const simulated = 'providers: { demo: { simulated: {}, models: { small: {} } } }'
    writeFileSync(
      gateway.file,
      `${listen}${simulated}\nmodels: { fast: { targets: [demo/small] } }\n`,
    )
    await until(() => generation() === 2)
    expect(await targetOf(gateway.url)).toBe('200 demo/small')
  })

  it('does not touch what is under way, which keeps the configuration it began with', async () => {
    const { gateway, put, generation } = await rig('up/20x40')
    const stream = await streamChat(gateway.url, 'fast')
    await until(() => stream.text().includes('word1'))
    put('up/two')
    await until(() => generation() === 2)
    expect(await targetOf(gateway.url)).toBe('200 up/two')
    expect(stream.headers.get('x-waybill-target')).toBe('up/20x40')
    const text = await stream.whole()
    expect(text).toContain('word19')
    expect(text).toContain('[DONE]')
    const records = await gateway.records()
    expect(records).toContainEqual(
      expect.objectContaining({ target: 'up/20x40', catalogGeneration: 1, outcome: 'success' }),
    )
  })

  it('may lead to providers of another address, key and name', async () => {
    const { gateway, generation } = await rig()
    const other = await startPacedUpstream()
    const moved = configuration(other.baseUrl, 'other/m').replace('up:', 'other:')
    writeFileSync(gateway.file, `${listen}${moved}`)
    await until(() => generation() === 2)
    expect(await targetOf(gateway.url)).toBe('200 other/m')
    expect(await targetOf(gateway.url, 'up/one')).toBe('404 null')
  })

  it('is seen when it is replaced, as editors do, and through a link, as Kubernetes does', async () => {
    const { gateway, generation } = await rig()
    const next = path.join(path.dirname(gateway.file), 'next.tmp')
    const { baseUrl } = await startPacedUpstream()
    writeFileSync(next, `${listen}${configuration(baseUrl, 'up/two')}`)
    renameSync(next, gateway.file)
    await until(() => generation() === 2)
    const folder = path.dirname(gateway.file)
    const mount = (version: string, target: string) => {
      mkdirSync(path.join(folder, version))
      const content = `${listen}${configuration(baseUrl, target)}`
      writeFileSync(path.join(folder, version, 'waybill.yaml'), content)
      symlinkSync(version, path.join(folder, '..data_tmp'))
      renameSync(path.join(folder, '..data_tmp'), path.join(folder, '..data'))
    }
    mount('..first', 'up/three')
    rmSync(gateway.file)
    symlinkSync('..data/waybill.yaml', gateway.file)
    await until(async () => (await targetOf(gateway.url)) === '200 up/three')
    mount('..second', 'up/four')
    await until(async () => (await targetOf(gateway.url)) === '200 up/four')
  })

  it('is taken over with its warnings, each with its place', async () => {
    const { gateway, put } = await rig()
    put('{ target: up/two, weight: 3 }')
    await until(() => gateway.logText().includes('configuration warning'))
    const warnings = jsonLines(gateway.logText()).filter(({ level }) => level === 'warn')
    expect(warnings).toContainEqual(
      expect.objectContaining({
        msg: 'configuration warning',
        place: expect.stringMatching(/waybill\.yaml:3:\d+$/),
        path: 'models.fast.targets[0].weight',
        problem: 'has no effect with strategy failover; use strategy: random',
      }),
    )
  })

  it('tells what takes a new start to change', async () => {
    const { gateway, generation } = await rig()
    const { baseUrl } = await startPacedUpstream()
    const server = 'server: { listen: "127.0.0.1:4999", bodyLimit: 1kb, drainTimeout: 5s }\n'
    writeFileSync(gateway.file, `${server}${configuration(baseUrl, 'up/one')}`)
    await until(() => generation() === 2)
    await until(() => gateway.logText().includes('server.listen'))
    expect(gateway.logText()).toMatch(/server\.listen[^\n]*start/)
    const large = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'fast', messages: [], pad: 'x'.repeat(5_000) }),
    })
    expect(large.status).toBe(413)
  })
})

describe('a file that is broken', () => {
  const kinds: [string, (file: string) => void, RegExp][] = [
    ['wrong', (file) => writeFileSync(file, `${listen}modls: {}\n`), /yaml:2:1\b.*modls/],
    ['no YAML', (file) => writeFileSync(file, 'providers: {'), /yaml:1:\d+/],
    ['half written', (file) => writeFileSync(file, `${listen}providers: { up: { dia`), /yaml:2:/],
    ['empty', (file) => writeFileSync(file, ''), /yaml/],
    ['not text', (file) => writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00])), /yaml/],
    ['gone', (file) => rmSync(file), /there is no such file/],
  ]

  it.each(kinds)('%s: keeps the old one, and is told everywhere', async (_what, spoil, problem) => {
    const { gateway, put, generation } = await rig()
    spoil(gateway.file)
    await until(() => gateway.logText().includes('configuration not reloaded'))
    expect(generation()).toBe(1)
    expect(await targetOf(gateway.url)).toBe('200 up/one')
    const report = await health(gateway.url)
    expect(report).toMatchObject({
      status: 'degraded',
      configuration: { generation: 1, state: 'reload failed' },
    })
    expect(JSON.stringify(report['configuration'])).toMatch(problem)
    expect(gateway.logText()).toMatch(problem)
    expect(await metric(gateway.url, 'waybill_config_reload_failures_total')).toBeGreaterThan(0)
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200)
    put('up/two')
    await until(() => generation() > 1)
    expect(await targetOf(gateway.url)).toBe('200 up/two')
    expect(await health(gateway.url)).toMatchObject({ status: 'ok' })
  })

  it('names the variable that is missing, in the log too', async () => {
    const { gateway } = await rig()
    const provider = `{ dialect: openai, baseUrl: "http://up/v1", apiKey: "\${NOT_SET_NAME}" }`
    writeFileSync(gateway.file, `${listen}providers: { up: ${provider} }\n`)
    await until(() => gateway.logText().includes('configuration not reloaded'))
    const [line] = jsonLines(gateway.logText()).filter(({ level }) => level === 'error')
    expect(line).toMatchObject({
      msg: 'configuration not reloaded',
      place: expect.stringMatching(/waybill\.yaml:2:\d+$/),
      path: 'providers.up.apiKey',
      problem: expect.stringContaining('NOT_SET_NAME, which is not set'),
    })
  })

  it('never shows a secret', async () => {
    const { baseUrl } = await startPacedUpstream()
    const canary = 'sk-canary-0123456789abcdef'
    const gateway = await startGateway(configuration(baseUrl, 'up/one'), {
      environment: { CANARY: canary },
    })
    const key = `providers: { up: { dialect: openai, baseUrl: "${baseUrl}", apiKey: "${canary}" `
    for (const tail of ['}', '} } }', ', nope: 1 } }', `, auth: "${canary}" } }`]) {
      writeFileSync(gateway.file, `${listen}${key}${tail}\n`)
      await sleep(150)
    }
    await until(() => gateway.logText().includes('configuration not reloaded'))
    expect(gateway.logText()).not.toContain(canary)
    expect(JSON.stringify(await health(gateway.url))).not.toContain(canary)
  })
})

describe('under load', () => {
  it('50 changes, one in five broken, and no request fails', async () => {
    const { baseUrl } = await startPacedUpstream()
    const waybill = await startWaybillProcess({ yaml: configuration(baseUrl, 'up/a0') })
    let changing = true
    const outcomes = new Map<string, number>()
    const targets = new Set<string>()
    const note = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    const whole = async () => {
      while (changing) {
        const reply = await askChat(waybill.url, 'fast')
        await reply.arrayBuffer()
        targets.add(reply.headers.get('x-waybill-target') ?? '')
        note(String(reply.status))
      }
    }
    const streamed = async () => {
      while (changing) {
        const reply = await streamChat(waybill.url, 'up/5x20')
        note((await reply.whole()).includes('[DONE]') ? 'whole stream' : 'cut stream')
      }
    }
    const load = Promise.all([whole(), whole(), whole(), streamed(), streamed()])
    for (let i = 1; i <= 50; i++) {
      const good = configuration(baseUrl, `up/a${i}`)
      const broken = i % 5 === 0
      writeFileSync(waybill.file, broken ? good.slice(0, 30 + i) : good)
      // Some are waited for until they serve, the others follow on each other's heels.
      if (i % 3 === 0 && !broken) await until(() => targets.has(`up/a${i}`))
      else await sleep(20)
    }
    writeFileSync(waybill.file, configuration(baseUrl, 'up/last'))
    await until(() => targets.has('up/last'))
    changing = false
    await load
    expect([...outcomes.keys()].sort()).toEqual(['200', 'whole stream'])
    expect(targets.size).toBeGreaterThan(5)
    waybill.child.kill('SIGTERM')
    expect((await waybill.exited()).code).toBe(0)
    const failed = waybill
      .log()
      .filter(({ outcome }) => outcome !== undefined && outcome !== 'success')
    expect(failed).toEqual([])
  }, 120_000)
})
