import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { register } from '../../../src/cli/simulate.ts'
import { modelFacts } from '../../../src/compose.ts'
import { isObject, numberAt, objectAt, stringAt } from '../../../src/core/json.ts'

const good = {
  'waybill.yaml': `
providers:
  one: { dialect: openai, baseUrl: "http://127.0.0.1:1/v1", apiKey: "\${NOBODY_SET_THIS}" }
  two: { dialect: openai, baseUrl: "http://127.0.0.1:1/v1" }
models:
  chat: { targets: [one/a, two/b] }
`,
  'providers.yaml': `
targets:
  one/a:
    firstToken: { p50: 200ms, p99: 400ms }
    msPerToken: { p50: 5, p99: 9 }
    price: { input: 1, output: 2 }
    regimes: [{ kind: outage, from: 10s, to: 20s }]
  two/b:
    firstToken: { p50: 500ms, p99: 900ms }
    msPerToken: { p50: 10, p99: 20 }
    price: { input: 1, output: 2 }
`,
  'trace.csv': `time,input,output\n${Array.from({ length: 300 }, (_, s) => `${s / 2},100,50`).join('\n')}`,
}

/** Runs the command on these files, or others in their place. */
async function simulate(args: readonly string[], files: Partial<typeof good> = {}) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'waybill-sim-'))
  for (const [name, text] of Object.entries({ ...good, ...files })) {
    writeFileSync(path.join(cwd, name), text)
  }
  const shown = { out: '', err: '', code: 0 }
  const program = new Command('waybill').exitOverride()
  register(program, {
    out: (text) => {
      shown.out += `${text}\n`
    },
    err: (text) => {
      shown.err += `${text}\n`
    },
    env: {},
    cwd,
    setExitCode: (code) => {
      shown.code = code
    },
    facts: modelFacts(),
  })
  await program.parseAsync(['simulate', '--providers', 'providers.yaml', ...args], { from: 'user' })
  return shown
}

const withTrace = ['--trace', 'trace.csv']

describe('waybill simulate', () => {
  it('shows what failover makes of an outage', async () => {
    const { out, err, code } = await simulate([...withTrace, '--json', '-'])
    expect({ err, code }).toEqual({ err: '', code: 0 })
    const report: unknown = JSON.parse(out)
    const [strategy] =
      isObject(report) && Array.isArray(report['strategies']) ? report['strategies'] : []
    expect(stringAt(strategy, 'strategy')).toBe('failover')
    expect(strategy).toMatchObject({ requests: 300, succeeded: 300, hedges: 0 })
    // The outage is over after 20 of 150 seconds, and the first target comes back.
    expect(strategy).toMatchObject({ targets: [{ target: 'one/a' }, { target: 'two/b' }] })
    expect(objectAt(strategy, 'firstTokenMs')).toMatchObject({ p50: expect.any(Number) })
    // 300 requests of 100 tokens in and 50 out, at 1 and 2 dollars per million; failures cost nothing.
    expect(strategy).toMatchObject({ costUsd: 0.06 })
  })

  it('divides the traffic of a split among its arms, as if each request had a user of its own', async () => {
    const models =
      'chat: { targets: [one/a], split: { arms: { old: { weight: 1 }, new: { weight: 1, targets: [two/b] } } } }'
    const files = {
      'waybill.yaml': good['waybill.yaml'].replace(/chat: .*/, models),
      'providers.yaml': good['providers.yaml'].replace(/ +regimes: .*/, ''),
    }
    const { out } = await simulate([...withTrace, '--json', '-'], files)
    const report: unknown = JSON.parse(out)
    const [strategy] =
      isObject(report) && Array.isArray(report['strategies']) ? report['strategies'] : []
    const targets =
      isObject(strategy) && Array.isArray(strategy['targets']) ? strategy['targets'] : []
    expect(targets).toHaveLength(2)
    expect(Math.min(...targets.map((one) => numberAt(one, 'answered') ?? 0))).toBeGreaterThan(100)
  })

  it.each([
    [['--strategy', 'latency,fastest'], '"fastest" is no strategy'],
    [['--seed', '1.5'], '--seed takes a whole number'],
    [['--speed', '0'], '--speed takes a number above 0'],
    [['--requests', 'all'], '--requests takes a whole number from 1 to 1000000'],
    [['--requests', '1000001'], '--requests takes a whole number from 1 to 1000000'],
  ])('refuses wrong usage: %j', async (args, message) => {
    const { err, code } = await simulate([...withTrace, ...args])
    expect(err).toContain(message)
    expect(code).toBe(2)
  })

  it.each([
    ['a missing file', {}, ['--trace', 'none.csv'], 'none.csv: error: cannot be read'],
    ['no traffic', {}, [], 'There is no traffic'],
    ['a wrong line', { 'trace.csv': 'time,input,output\n1,2,x' }, withTrace, 'trace.csv:2: error'],
    ['a wrong configuration', { 'waybill.yaml': 'provider: {}' }, withTrace, 'waybill.yaml:1'],
    ['an unknown model', {}, [...withTrace, '--model', 'chatt'], 'Did you mean "chat"'],
    ['an unknown client', {}, [...withTrace, '--client', 'web'], 'There is no client "web"'],
    [
      'a target nobody described',
      { 'waybill.yaml': good['waybill.yaml'].replace('two/b]', 'two/c]') },
      withTrace,
      '"two/c" behaves; put it under targets. Did you mean "two/b"?',
    ],
  ])('says what is wrong: %s', async (_, files, args, message) => {
    const { err, code } = await simulate(args, files)
    expect(err).toContain(message)
    expect(code).toBe(1)
  })
})
