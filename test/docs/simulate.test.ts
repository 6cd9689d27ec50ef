import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './documented-gateway.ts'
import { blocks, root } from './documents.ts'

const cli = path.join(root, 'src/cli/main.ts')
const inputs = [
  ...['--config', 'examples/simulate/waybill.yaml'],
  ...['--providers', 'examples/simulate/providers.yaml'],
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'waybill-simulate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const simulate = (...more: string[]) => run(process.execPath, [cli, 'simulate', ...inputs, ...more])

describe('the example of a simulation', { timeout: 120_000 }, () => {
  it('compares strategies as the guide says', async () => {
    const [block] = blocks.filter(
      ({ file, text }) => file === 'docs/how-to/simulate.md' && text.includes('waybill simulate'),
    )
    const { stdout, stderr, code } = await run('bash', [
      '-c',
      (block?.text ?? '')
        .replace('waybill simulate', `${process.execPath} ${cli} simulate`)
        .replace('report.html', path.join(folder, 'guide.html')),
    ])
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    for (const strategy of ['random', 'latency', 'cost']) expect(stdout).toContain(`\n${strategy} `)
    expect(readFileSync(path.join(folder, 'guide.html'), 'utf8')).toContain('<svg')
  })

  it('is the same, byte for byte, in another process with the same seed', async () => {
    const reports = await Promise.all(
      ['one', 'two', 'three'].map(async (name) => {
        const [json, html] = [`${name}.json`, `${name}.html`].map((file) => path.join(folder, file))
        const seed = name === 'three' ? '8' : '7'
        const strategy = 'random,latency,weighted,least-busy,adaptive'
        const written = ['--json', json ?? '', '--html', html ?? '']
        const { stdout, stderr, code } = await simulate(
          ...['--strategy', strategy, '--seed', seed, '--requests', '2000', ...written],
        )
        expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
        return [stdout, ...[json, html].map((file) => readFileSync(file ?? '', 'utf8'))]
      }),
    )
    expect(reports[1]).toEqual(reports[0])
    expect(reports[2]).not.toEqual(reports[0])
  })

  it('takes a trace, faster and longer than it is', async () => {
    const { stdout, code } = await simulate(
      ...['--trace', 'examples/simulate/trace.csv', '--requests', '100', '--speed', '2'],
      ...['--json', '-'],
    )
    expect(code).toBe(0)
    const report: unknown = JSON.parse(stdout)
    expect(report).toMatchObject({ model: 'chat', requests: 100 })
  })
})
