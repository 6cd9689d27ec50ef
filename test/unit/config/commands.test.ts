import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { register as check } from '../../../src/cli/check.ts'
import { register as init } from '../../../src/cli/init.ts'
import { register as models } from '../../../src/cli/models.ts'
import { register as schema } from '../../../src/cli/schema.ts'
import { configurationJsonSchema } from '../../../src/config/schema.ts'
import type { Environment } from '../../../src/config/settings.ts'
import { smallFacts } from './configure.ts'

let folder: string

interface Run {
  readonly out: string
  readonly err: string
  readonly exitCode: number
}

async function waybill(args: string[], env: Environment = {}): Promise<Run> {
  const lines: { out: string[]; err: string[] } = { out: [], err: [] }
  let exitCode = 0
  const program = new Command().exitOverride()
  const io = {
    out: (text: string) => void lines.out.push(text),
    err: (text: string) => void lines.err.push(text),
    env,
    cwd: folder,
    setExitCode: (code: 0 | 1 | 2) => {
      exitCode = code
    },
    facts: smallFacts,
  }
  for (const register of [check, init, models, schema]) register(program, io)
  await program.parseAsync(args, { from: 'user' })
  return { out: lines.out.join('\n'), err: lines.err.join('\n'), exitCode }
}

const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text)

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'waybill-cli-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const good = `
providers: { openai: { apiKey: abcdef }, off: { like: openai, enabled: false } }
models: { fast: { aliases: [quick], targets: [openai/gpt-4o, off/gpt-4o] } }
`

describe('waybill check', () => {
  it('says that a good file is good, with its warnings', async () => {
    write('waybill.yaml', good)
    expect(await waybill(['check'])).toEqual({
      out: [
        'waybill.yaml:3:62: warning: models.fast.targets[1]: "off/gpt-4o" is never asked, because off is disabled',
        'waybill.yaml: good, 1 warning',
      ].join('\n'),
      err: '',
      exitCode: 0,
    })
  })

  it('prints problems as editors read them', async () => {
    write('other.yaml', 'providers: { demo: { simulated: {} } }\nmodls: {}\nstore: x\n')
    expect(await waybill(['check', 'other.yaml'])).toMatchObject({
      out: [
        'other.yaml:2:1: error: modls: unknown key "modls". Did you mean "models"?',
        'other.yaml:3:8: error: store: must be sqlite:<path>, such as sqlite:.waybill/waybill.db, not "x"',
        'other.yaml: 2 problems',
      ].join('\n'),
      exitCode: 1,
    })
  })

  it('prints the same as JSON', async () => {
    write('waybill.yaml', 'providers: { demo: {} }')
    const { out, exitCode } = await waybill(['check', '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toEqual({
      ok: false,
      file: 'waybill.yaml',
      problems: [
        {
          severity: 'error',
          file: 'waybill.yaml',
          line: 1,
          column: 14,
          path: 'providers.demo',
          message:
            '"demo" is no provider Waybill knows. For one of your own, give dialect and baseUrl, or like.',
        },
      ],
      warnings: [],
    })
  })

  it('without a file is used wrongly', async () => {
    expect(await waybill(['check'])).toEqual({
      out: '',
      err: 'There is no waybill.yaml here. Name a file, or write one with `waybill init`.',
      exitCode: 2,
    })
    expect(await waybill(['check', 'missing.yaml'])).toMatchObject({
      out: 'missing.yaml: error: there is no such file\nmissing.yaml: 1 problem',
      exitCode: 2,
    })
    expect((await waybill(['check', '.'])).out).toContain('is a folder, not a file')
  })
})

describe('waybill schema', () => {
  it('prints the JSON schema', async () => {
    const { out, exitCode } = await waybill(['schema'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(configurationJsonSchema())))
  })
})

describe('waybill models', () => {
  it('prints a table', async () => {
    write('waybill.yaml', good)
    expect(await waybill(['models'])).toEqual({
      out: [
        'MODEL          STRATEGY  TARGET                 $/M IN  $/M OUT  CONTEXT  MAX OUT',
        'fast, quick    failover  openai/gpt-4o          0.15    0.6      128000   unknown',
        '                         off/gpt-4o (disabled)  0.15    0.6      128000   unknown',
        'openai/gpt-4o  -         openai/gpt-4o          0.15    0.6      128000   unknown',
      ].join('\n'),
      err: '',
      exitCode: 0,
    })
  })

  it('prints the same as JSON', async () => {
    write('named.yaml', good)
    const { out } = await waybill(['models', '--config', 'named.yaml', '--json'])
    expect(JSON.parse(out).models[0]).toEqual({
      name: 'fast',
      synonyms: ['quick'],
      description: null,
      strategy: 'failover',
      fallbacks: [],
      targets: [
        {
          target: 'openai/gpt-4o',
          weight: 1,
          enabled: true,
          price: { input: 0.15, output: 0.6 },
          contextWindow: 128_000,
          maxOutputTokens: null,
          can: ['tools'],
          cannot: [],
        },
        {
          target: 'off/gpt-4o',
          weight: 1,
          enabled: false,
          price: { input: 0.15, output: 0.6 },
          contextWindow: 128_000,
          maxOutputTokens: null,
          can: ['tools'],
          cannot: [],
        },
      ],
      split: null,
      policy: null,
    })
  })

  it('lists the arms of a split and what waybill/auto is for each policy', async () => {
    write(
      'waybill.yaml',
      `
providers: { openai: { apiKey: abcdef }, anthropic: { apiKey: abcdef } }
models:
  smart:
    targets: [openai/gpt-5]
    split:
      arms:
        control: { weight: 90 }
        canary: { weight: 10, strategy: cost, targets: [anthropic/claude-sonnet-4-5] }
policies: { product-x: { allow: [], auto: { prioritized: [smart, openai/gpt-4o] } } }
`,
    )
    const table = (await waybill(['models'])).out.split('\n').slice(1, 6)
    expect(table.map((row) => row.split(/ {2,}/).slice(0, 3))).toEqual([
      ['smart (arm control, 90 %)', 'failover', 'openai/gpt-5'],
      ['smart (arm canary, 10 %)', 'cost', 'anthropic/claude-sonnet-4-5'],
      ['waybill/auto (policy product-x)', 'failover', 'openai/gpt-5'],
      ['', 'openai/gpt-4o', '0.15'],
      ['openai/gpt-5', '-', 'openai/gpt-5'],
    ])
    const { out } = await waybill(['models', '--json'])
    expect(JSON.parse(out).models.slice(0, 2)).toMatchObject([
      { name: 'smart', policy: null, split: { by: 'user', arms: [{ weight: 90 }, {}] } },
      { name: 'waybill/auto', policy: 'product-x', split: null },
    ])
  })

  it('works without a file', async () => {
    expect((await waybill(['models'])).out).toContain('demo        failover  demo/small')
    expect((await waybill(['models'], { OPENAI_API_KEY: 'k' })).out).toContain('openai/…')
  })

  it('says what is wrong with the file', async () => {
    write('waybill.yaml', 'providers: 1')
    const { err, out, exitCode } = await waybill(['models', '--json'])
    expect(out).toBe('')
    expect(err).toBe('waybill.yaml:1:12: error: providers: must be a mapping')
    expect(exitCode).toBe(1)
  })
})

describe('waybill init', () => {
  const canary = 'sk-canary-0123456789abcdef'

  it('writes a file that is good, for the keys that were found', async () => {
    const env = {
      OPENAI_API_KEY: canary,
      ANTHROPIC_AUTH_TOKEN: canary,
      OLLAMA_HOST: 'http://box:11434',
      AWS_BEARER_TOKEN_BEDROCK: canary,
      AWS_REGION: 'us-east-1',
      GITHUB_TOKEN: canary,
    }
    const { out, exitCode } = await waybill(['init'], env)
    expect(exitCode).toBe(0)
    expect(out).toContain('openai, with OPENAI_API_KEY')
    const text = readFileSync(path.join(folder, 'waybill.yaml'), 'utf8')
    expect(text).not.toContain(canary)
    expect(text).toContain(`  openai: { apiKey: "\${OPENAI_API_KEY}" }`)
    expect(text).toContain(`  anthropic: { apiKey: "\${ANTHROPIC_AUTH_TOKEN}", auth: bearer }`)
    expect(text).toContain('  ollama: { baseUrl: "http://box:11434/v1" }')
    expect(text).toContain('  bedrock: {}')
    expect(text).toContain(`  # github: { apiKey: "\${GITHUB_TOKEN}" }`)
    expect(await waybill(['check'], env)).toMatchObject({ out: 'waybill.yaml: good', exitCode: 0 })
  })

  it('writes a simulated provider when none was found', async () => {
    expect((await waybill(['init', 'sub.yaml'])).out).toContain('it uses a simulated provider')
    expect(await waybill(['check', 'sub.yaml'])).toMatchObject({ exitCode: 0 })
  })

  it('has examples that work once the # is taken away', async () => {
    const env = { OPENAI_API_KEY: canary, ANTHROPIC_API_KEY: canary }
    await waybill(['init'], env)
    const text = readFileSync(path.join(folder, 'waybill.yaml'), 'utf8')
    const taken = text
      .replace(/^# (models|rules|policies|clients|limits):$/gm, '$1:')
      .replace(/^# {3}/gm, '  ')
      .replace('<64 hex digits>', 'a'.repeat(64))
    write('taken.yaml', taken)
    expect(await waybill(['check', 'taken.yaml'], env)).toMatchObject({
      out: 'taken.yaml: good',
      exitCode: 0,
    })
    expect((await waybill(['models', '-c', 'taken.yaml'], env)).out).toContain('fast')
  })

  it('leaves a file that is there alone', async () => {
    write('waybill.yaml', 'mine')
    expect(await waybill(['init'])).toEqual({
      out: '',
      err: 'waybill.yaml exists already, and is left as it is. Name another file, or move it away.',
      exitCode: 1,
    })
    expect(readFileSync(path.join(folder, 'waybill.yaml'), 'utf8')).toBe('mine')
    expect(await waybill(['init', 'no/such/folder.yaml'])).toMatchObject({
      err: 'no/such/folder.yaml cannot be written (ENOENT).',
      exitCode: 1,
    })
  })
})
