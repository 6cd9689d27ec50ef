import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { modelFacts } from '../../src/compose.ts'
import { configurationFromContent } from '../../src/config/configuration.ts'
import { formatProblem } from '../../src/config/problem.ts'
import { parseJson } from '../../src/core/json.ts'
import { openWorkshop, run, type Workshop } from './documented-gateway.ts'
import { type Block, blocks, root } from './documents.ts'

const compiler = path.join(root, 'node_modules/typescript/bin/tsc')

const inLanguage = (...languages: string[]) =>
  blocks.filter(({ language }) => languages.includes(language))

/** Every variable a configuration names, with a value no provider would mistake for a key. */
function variablesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name, 'key-of-the-documentation']),
  )
}

/** Prices of models nobody else knows are no concern of most examples. */
const noPrice = 'no price is known'

function problemsIn(text: string, file: string): string[] {
  const outcome = configurationFromContent(Buffer.from(text), file, {
    environment: variablesIn(text),
    facts: modelFacts(),
    generation: 1,
  })
  return [...(outcome.ok ? [] : outcome.problems), ...outcome.warnings]
    .map(formatProblem)
    .filter((problem) => !problem.includes(noPrice))
}

describe('the YAML of the documentation', () => {
  /** A block that is another program's file says so in its first line. */
  const isForeign = ({ text }: Block) => /^# ~?[./\w-]*\.yaml$/.test(text.split('\n')[0] ?? '')
  const yaml = inLanguage('yaml')

  it.each(yaml.filter((one) => !isForeign(one)))('$file:$line is a good configuration', (one) => {
    expect(problemsIn(one.text, one.file)).toEqual([])
  })

  it.each(yaml.filter(isForeign))('$file:$line parses', ({ text }) => {
    expect(parse(text)).toBeTypeOf('object')
  })

  it('includes an annotated example that is good', () => {
    const file = 'examples/waybill.yaml'
    expect(problemsIn(readFileSync(path.join(root, file), 'utf8'), file)).toEqual([])
  })

  it('is there', () => {
    expect(yaml.length).toBeGreaterThan(10)
  })
})

describe('the JSON of the documentation', () => {
  it.each(inLanguage('json'))('$file:$line parses', ({ text }) => {
    expect(parseJson(text)).toBeTypeOf('object')
  })
})

describe('the programs of the documentation', () => {
  let workshop: Workshop
  beforeAll(() => {
    workshop = openWorkshop()
  })
  afterAll(() => workshop.remove())

  it('type-check', { timeout: 120_000 }, async () => {
    const programs = inLanguage('js', 'ts')
    for (const { file, line, text } of programs) {
      workshop.write(`${file.replaceAll(/\W/g, '-')}-${line}.ts`, text)
    }
    const configuration = workshop.write(
      'tsconfig.json',
      JSON.stringify({ extends: path.join(root, 'tsconfig.json'), include: ['*.ts'] }),
    )
    const { code, stdout } = await run(process.execPath, [compiler, '-p', configuration])
    expect(stdout).toBe('')
    expect(code).toBe(0)
    expect(programs.length).toBeGreaterThan(2)
  })

  it.each(inLanguage('sh'))('$file:$line is good shell', async ({ text }) => {
    expect(await run('bash', ['-n', '-c', text])).toMatchObject({ code: 0, stderr: '' })
  })

  it('in Python are good Python', async (context) => {
    const programs = inLanguage('python')
    expect(programs).toHaveLength(3)
    const checked = await run('python3', [
      '-c',
      'import ast, sys; [ast.parse(text) for text in sys.argv[1:]]',
      ...programs.map(({ text }) => text),
    ]).catch(() => null)
    if (checked === null) return context.skip('python3 is not installed')
    expect(checked).toMatchObject({ code: 0, stderr: '' })
  })
})
