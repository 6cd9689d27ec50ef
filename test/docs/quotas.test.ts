import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { adminToken, startAdmin } from '../support/admin.ts'
import { temporaryDirectory } from '../support/gateway.ts'
import { limits } from '../support/limits-command.ts'
import { run } from './documented-gateway.ts'
import { blocks, blockWith } from './documents.ts'

const file = 'docs/how-to/quotas-at-run-time.md'
const documentedAdmin = 'http://127.0.0.1:4101'

/** The words of each `waybill limits …` of a text, comments left out. */
function commandsIn(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.replace(/ +#.*$/, '').match(/(?<=^waybill limits ).*/)?.[0])
    .flatMap((line) => (line === undefined ? [] : [line.split(' ')]))
}

describe('change limits while the gateway runs', () => {
  it('shows commands that do what they say, one after the other', async () => {
    const admin = await startAdmin()
    const env = { WAYBILL_ADMIN_TOKEN: adminToken }
    const own = blocks.filter((block) => block.file === file && block.language === 'sh')
    const commands = own.flatMap(({ text }) => commandsIn(text))
    expect(commands.length).toBeGreaterThan(10)
    for (const words of commands) {
      const done = await limits([...words, '--admin', admin.url], { env })
      expect(done, words.join(' ')).toMatchObject({ code: 0, err: '' })
    }
    expect(admin.set.all().map(({ id }) => id)).toEqual([
      'client:web tokens/hour',
      'user:bob concurrent',
      'global requests/minute',
    ])
  })

  it('shows the same from a program', async () => {
    const admin = await startAdmin()
    const cwd = temporaryDirectory()
    mkdirSync(path.join(cwd, '.waybill'))
    writeFileSync(path.join(cwd, '.waybill/admin-token'), `${adminToken}\n`)
    const { text } = blockWith(file, 'curl')
    const shell = `cd '${cwd}'\n${text.replaceAll(documentedAdmin, admin.url)}`
    const { code, stdout } = await run('bash', ['-c', shell])
    expect(code).toBe(0)
    expect(stdout).toContain('"id":"user:carol requests/minute"')
    expect(stdout).toContain('"remaining":110')
  })
})

describe('limits and budgets', () => {
  it('shows commands that are understood', async () => {
    const own = blocks.filter((block) => block.file === 'docs/how-to/limits-and-budgets.md')
    const commands = own.flatMap(({ text }) => commandsIn(text))
    expect(commands.length).toBeGreaterThan(3)
    const admin = await startAdmin()
    const env = { WAYBILL_ADMIN_TOKEN: adminToken }
    for (const words of commands) {
      const done = await limits([...words, '--admin', admin.url], { env })
      expect(done, words.join(' ')).toMatchObject({ code: 0, err: '' })
    }
  })
})
