import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

/** Who may import whom (docs/architecture.md): folders of src, npm packages, modules of Node. */
const allowed: Record<string, readonly string[]> = {
  core: ['core'],
  dialects: ['core', 'dialects'],
  providers: ['providers', 'types:core', 'types:dialects'],
  config: ['config', 'core', 'providers', 'zod', 'yaml', 'node:fs', 'node:path'],
  gateway: ['gateway', 'core', 'dialects', 'providers', 'node:crypto', 'node:buffer'],
  mock: ['mock', 'core', 'node:net', 'node:zlib', 'node:crypto', 'node:timers'],
  adapters: ['core', 'types:gateway', 'types:dialects', 'own-folder', 'packages', 'node'],
  http: ['http', 'gateway', 'core', 'dialects', 'node'],
  'http/admin': [
    'http/admin',
    'http/admin/contract',
    'http',
    'gateway',
    'core',
    'hono',
    '@hono/node-server',
    'zod',
    'node',
  ],
  'http/admin/contract': ['http/admin/contract', 'core', 'zod'],
  sim: ['sim', 'core', 'gateway', 'config', 'zod'],
  cli: [
    'cli',
    'compose.ts',
    'config',
    'http/admin/contract',
    'mock',
    'sim',
    'types:core',
    'packages',
    'node',
  ],
}

/** adapters/upstream/simulated.ts shows the mock's replies in process: the one bridge between the two. */
const bridges = new Set(['adapters/upstream/simulated.ts -> mock'])

interface Import {
  file: string
  target: string
  typeOnly: boolean
}

const src = path.resolve(import.meta.dirname, '../../src')

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^'"]*?from\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm,
  )) {
    const target = match[2] ?? match[3] ?? ''
    found.push({ file: path.relative(src, file), target, typeOnly: match[1] !== undefined })
  }
  return found
}

/** The innermost folder that has rules of its own, else the one in src. */
function folderOf(file: string): string {
  const inner = Object.keys(allowed).filter((folder) => file.startsWith(`${folder}/`))
  return inner.sort((a, b) => b.length - a.length)[0] ?? file.split('/')[0] ?? ''
}

function violation({ file, target, typeOnly }: Import): string | null {
  const folder = folderOf(file)
  const rules = allowed[folder]
  if (rules === undefined) return null // compose.ts constructs everything
  if (!target.startsWith('.')) {
    const builtin = target.startsWith('node:')
    if (rules.includes(target) || rules.includes(builtin ? 'node' : 'packages')) return null
    return `${file} imports ${target}: ${folder}/ may import only ${rules.join(', ')}`
  }
  const resolved = path.relative(src, path.resolve(src, path.dirname(file), target))
  const targetFolder = folderOf(resolved)
  if (bridges.has(`${file} -> ${targetFolder}`)) return null
  if (rules.includes('own-folder') && targetFolder === folder) {
    const own = file.split('/').slice(0, 2).join('/')
    if (resolved.startsWith(`${own}/`)) return null
    return `${file} imports ${resolved}: adapters never import each other; share through core or a port`
  }
  if (rules.includes(targetFolder)) return null
  if (typeOnly && rules.includes(`types:${targetFolder}`)) return null
  return `${file} imports ${resolved}: ${folder}/ may import only ${rules.join(', ')}`
}

describe('imports', () => {
  const all = sourceFiles(src).flatMap(importsOf)

  it('finds the imports it checks', () => {
    expect(all.length).toBeGreaterThan(50)
  })

  it('follow the table of who may import whom', () => {
    expect(all.map(violation).filter((found) => found !== null)).toEqual([])
  })

  it('catches a forbidden one', () => {
    const bad = { file: 'core/plan/x.ts', target: 'node:fs', typeOnly: false }
    expect(violation(bad)).toContain('may import only core')
    expect(violation({ ...bad, target: '../../http/y.ts' })).toContain('http/y.ts')
    expect(violation({ ...bad, file: 'adapters/store/x.ts', target: '../state/y.ts' })).toContain(
      'adapters never import each other',
    )
  })
})

describe('the pure folders', () => {
  const impure = /\b(Date\.now|Math\.random|new Date\(\)|process\.|setTimeout|fetch\()/

  it.each(['core', 'dialects'])('%s takes time and randomness as arguments', (folder) => {
    const offenders = sourceFiles(path.join(src, folder))
      .filter((file) => impure.test(readFileSync(file, 'utf8')))
      .map((file) => `${path.relative(src, file)}: pass the instant or the random number in`)
    expect(offenders).toEqual([])
  })
})
