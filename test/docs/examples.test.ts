import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { banner } from '../../src/cli/banner.ts'
import type { Waybill } from '../../src/compose.ts'
import {
  documentedUrl,
  openWorkshop,
  run,
  startZeroConfiguration,
  type Workshop,
} from './documented-gateway.ts'
import { type Block, blocks, blockWith, root } from './documents.ts'

/** Starting a program and two replies at the speed of the simulated provider, on a busy machine. */
const patience = { timeout: 120_000 }

let waybill: Waybill
let workshop: Workshop

beforeAll(async () => {
  waybill = await startZeroConfiguration()
  workshop = openWorkshop()
})

afterAll(async () => {
  workshop.remove()
  await waybill.stop()
})

const examples = readdirSync(path.join(root, 'examples')).filter((file) => file.endsWith('.ts'))

describe.concurrent('the examples', () => {
  it.each(examples)('%s prints a whole reply and a streamed one', patience, async (file) => {
    const environment = { WAYBILL_URL: waybill.url }
    const output = await run(process.execPath, [`examples/${file}`], environment)
    expect(output).toMatchObject({ code: 0, stderr: '' })
    expect(output.stdout).toContain('You said: Hello!')
    expect(output.stdout).toContain('You said: And once more, as a stream.')
  })

  it('curl.sh shows every dialect, the decision and the models', patience, async () => {
    const { code, stdout } = await run('bash', ['examples/curl.sh'], { WAYBILL_URL: waybill.url })
    expect(code, stdout).toBe(0)
    expect(stdout.match(/You said: Hello!/g)).toHaveLength(3)
    expect(stdout).toContain('event: response.completed')
    expect(stdout).toContain('x-waybill-target: demo/small')
    expect(stdout).toContain('"object":"list"')
  })

  it('are there for each SDK the README names', () => {
    expect(examples).toHaveLength(5)
  })
})

describe.concurrent('the README', () => {
  const curl = blockWith('README.md', `curl ${documentedUrl}`)

  it('has a first request that works', patience, async () => {
    const { code, stdout } = await run('bash', ['-c', here(curl)])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: expect.stringContaining('You said: Hello!') } }],
    })
  })

  it('shows the request the start banner shows', () => {
    const shown = banner(waybill, null).replaceAll(waybill.url, documentedUrl)
    const indented = curl.text.trim().replaceAll(/^/gm, '  ')
    expect(shown).toContain(indented)
  })

  it('shows the headers such a reply has', patience, async () => {
    const { stdout } = await run('bash', ['-c', here(curl).replace('curl', 'curl -s -i')])
    const named = (text: string) => text.match(/^x-waybill-[a-z-]+(?=:)/gm)
    expect(named(blockWith('README.md', 'x-waybill-id:').text)).toEqual(named(stdout))
  })

  const programs = blocks.filter(({ file, language }) => file === 'README.md' && language === 'js')

  it.each(programs)('has a program at line $line that works', patience, async (program) => {
    const file = workshop.write(`readme-${program.line}.ts`, here(program))
    const output = await run(process.execPath, [file])
    expect(output).toMatchObject({ code: 0, stderr: '' })
    expect(output.stdout).toContain('You said: Hello!')
  })

  it('has one for each SDK', () => {
    expect(programs).toHaveLength(3)
  })
})

/** A block with the address of the gateway under test in place of the documented one. */
function here({ text }: Block): string {
  return text.replaceAll(documentedUrl, waybill.url)
}
