import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { strategyNames } from '../../src/core/catalog.ts'
import { failureClasses } from '../../src/core/failure.ts'
import { unknownCapabilities } from '../../src/core/needs.ts'
import { codecs } from '../../src/gateway/codecs.ts'
import { operations } from '../../src/http/admin/contract/operations.ts'
import { problemStatus } from '../../src/http/admin/contract/problem.ts'
import { documents, readDocument, root, tableRows } from './documents.ts'

const api = readDocument('docs/reference/api.md')
const cli = readDocument('docs/reference/cli.md')

describe('docs/reference/api.md', () => {
  it('lists the failure classes as they are', () => {
    const documented = tableRows(api, 'class')
    const actual = Object.entries(failureClasses).map(([name, { fault, status, retry }]) => [
      `\`${name}\``,
      fault,
      String(status),
      retry,
    ])
    expect(documented).toEqual(actual)
  })

  const endpoints = Object.values(codecs).flatMap((codec) => codec.endpoints)

  it.each(endpoints)('lists POST …$path of $dialect', ({ dialect, path: endpoint }) => {
    const prefix = dialect === 'gemini' ? '/v1beta' : '/v1'
    const paths = tableRows(api, 'method and path').map(([first]) => first)
    expect(paths).toContain(`\`POST ${prefix}${endpoint}\``)
  })

  it('names every header of ours that the gateway reads or writes', () => {
    const source = readdirSync(path.join(root, 'src/gateway'))
      .map((file) => readFileSync(path.join(root, 'src/gateway', file), 'utf8'))
      .join('\n')
    const headers = new Set(source.match(/(?<=')x-(?:waybill|should)-[a-z-]*[a-z](?=')/g))
    expect(headers.size).toBeGreaterThan(10)
    expect([...headers].filter((header) => !api.text.includes(`\`${header}\``))).toEqual([])
  })

  it('names every strategy a client may ask for', () => {
    const names = strategyNames.map((name) => `\`${name}\``).join(', ')
    expect(api.text).toContain(`\`x-waybill-strategy\` | ${names} |`)
  })
})

describe('the admin API in docs/reference/api.md', () => {
  const documented = tableRows(api, 'method and path of the admin API')

  it.each(operations)('lists $method $path with what it asks', ({ method, path: route, input }) => {
    const row = documented.find(([first = '']) => first.includes(`\`${method} ${route}\``))
    expect(row).toBeDefined()
    const asked = row?.[2] ?? ''
    const fields = Object.keys(input.shape).filter((field) => !whose.includes(field))
    expect(fields.filter((field) => !asked.includes(`\`${field}`))).toEqual([])
  })

  const whose = ['user', 'provider', 'ip', 'client', 'policy', 'model', 'target', 'global']

  it('lists the codes of refusals as they are', () => {
    const codes = tableRows(api, 'code').map(([code = '', status]) => [
      code.replaceAll('`', ''),
      Number(status),
    ])
    expect(codes).toEqual(Object.entries(problemStatus))
  })
})

describe('docs/reference/cli.md', async () => {
  const program = new Command('waybill').version('0.0.0', '-v, --version')
  const io = {
    out: () => {},
    err: () => {},
    env: {},
    cwd: root,
    setExitCode: () => {},
    facts: {
      providersOf: () => [],
      priceOf: () => null,
      capabilitiesOf: () => unknownCapabilities,
      modelsOf: () => [],
    },
  }
  const folder = path.join(root, 'src/cli')
  // main.ts runs the program; every other file may add a command to it.
  for (const file of readdirSync(folder).filter((name) => name !== 'main.ts')) {
    const found: object = await import(path.join(folder, file))
    if ('register' in found && typeof found.register === 'function') found.register(program, io)
  }

  it('has found the commands', () => {
    const text = readFileSync(path.join(root, 'src/cli/main.ts'), 'utf8')
    const listed = [...text.matchAll(/^\s+(\w+): \(\) => import/gm)].map(([, name]) => name)
    expect(program.commands.map((command) => command.name()).sort()).toEqual(listed.sort())
  })

  it.each(program.commands.map((command) => [command.name(), command] as const))(
    'has a section on %s with each of its options',
    (name, command) => {
      const section = cli.text.split(/^## /m).find((text) => text.startsWith(`\`waybill ${name}`))
      expect(section, `a section \`waybill ${name}\``).toBeDefined()
      const unnamed = command.commands.filter((one) => !section?.includes(`\`${one.name()}`))
      expect(unnamed.map((one) => one.name())).toEqual([])
      const options = [command, ...command.commands].flatMap((one) => one.options)
      const missing = options.filter(({ flags }) => !section?.includes(`\`${flags}\``))
      expect(missing.map(({ flags }) => flags)).toEqual([])
    },
  )
})

describe('docs/architecture.md', () => {
  it('holds the import table the architecture test checks', () => {
    const source = readFileSync(path.join(root, 'test/architecture/imports.test.ts'), 'utf8')
    const table = /const allowed[^=]*= \{\n([\s\S]*?)\n\}/.exec(source)?.[1] ?? ''
    const allowed = Object.fromEntries(
      [...table.matchAll(/^\s+'?([\w/]+)'?: \[([^\]]*)\]/gm)].map(([, folder = '', names = '']) => [
        folder,
        names.match(/(?<=')[^',]+(?=')/g),
      ]),
    )
    const documented = Object.fromEntries(
      tableRows(readDocument('docs/architecture.md'), 'folder').map(([folder = '', names = '']) => [
        folder.replaceAll('`', ''),
        names.split(', ').map(asInTest),
      ]),
    )
    expect(Object.keys(allowed).length).toBeGreaterThan(5)
    expect(documented).toEqual(allowed)
  })

  const words: Readonly<Record<string, string>> = {
    'own folder': 'own-folder',
    'npm packages': 'packages',
    Node: 'node',
  }

  function asInTest(cell: string): string {
    return words[cell] ?? cell.replace(/^types of /, 'types:').replaceAll('`', '')
  }
})

describe('docs/life-of-a-request.md', () => {
  it('tells the steps of handle-request.ts in its order and words', () => {
    const source = readFileSync(path.join(root, 'src/gateway/handle-request.ts'), 'utf8')
    const steps = [...source.matchAll(/^ {2,4}\/\/ (\w+): /gm)].map(([, step]) => step)
    const { text } = readDocument('docs/life-of-a-request.md')
    const told = [...text.matchAll(/^## ([a-z]+)$/gm)].map(([, heading]) => heading)
    expect(steps.length).toBeGreaterThan(5)
    expect(told).toEqual(steps)
    const drawn = readDocument('README.md').text.match(/(?<=\b)(\w+)(?=\["\1"\])/g)
    expect(drawn).toEqual(steps)
  })
})

describe('docs/decisions', () => {
  const index = readDocument('docs/decisions/README.md')
  const notes = documents.filter(({ file }) => /^docs\/decisions\/\d/.test(file))

  it.each(notes)('$file has a date and stands in the index', ({ file, text }) => {
    const [title, , date] = text.split('\n')
    expect(date).toMatch(/^2\d{3}-\d{2}-\d{2} · \w+$/)
    expect(index.text).toContain(`[${title?.slice(2)}](${path.basename(file)})`)
  })
})

describe('links', () => {
  it.each(documents)('of $file lead somewhere', ({ file, text }) => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const broken = targets.filter(
      (target) => !/^\w+:/.test(target) && !leadsSomewhere(file, target),
    )
    expect(broken).toEqual([])
  })

  function leadsSomewhere(from: string, target: string): boolean {
    const [name = '', anchor] = target.split('#')
    const file = name === '' ? from : path.join(path.dirname(from), name)
    if (!existsSync(path.join(root, file))) return false
    return anchor === undefined || anchorsOf(file).has(anchor)
  }

  function anchorsOf(file: string): Set<string> {
    const headings = readDocument(file).text.match(/^#+ .*$/gm) ?? []
    return new Set(
      headings.map((heading) =>
        heading
          .replace(/^#+ /, '')
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
          .replaceAll(' ', '-'),
      ),
    )
  }
})
