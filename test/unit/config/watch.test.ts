import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConfigurationWatch, watchConfiguration } from '../../../src/config/watch.ts'
import type { Catalog } from '../../../src/core/catalog.ts'
import { smallFacts } from './configure.ts'

const naming = (...names: string[]): string =>
  `providers: { demo: { simulated: {} } }\nmodels:\n${names
    .map((name) => `  ${name}: { targets: [demo/x] }\n`)
    .join('')}`

let folder: string
let file: string
let watch: ConfigurationWatch
let catalogs: Catalog[]
let problems: string[]

function start(watched = file, restMs = 30): void {
  watch = watchConfiguration({
    file: watched,
    context: { environment: {}, facts: smallFacts, generation: 1 },
    onCatalog: async (catalog) => void catalogs.push(catalog),
    onProblems: (found) => problems.push(...found.map(({ message }) => message)),
    restMs,
  })
}

/** The test's own timeout bounds the wait. */
async function until(what: () => boolean): Promise<void> {
  while (!what()) await rest(5)
}

const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

const namesInForce = (): string[] => [...(catalogs.at(-1)?.aliases.keys() ?? [])]

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'waybill-watch-'))
  file = path.join(folder, 'waybill.yaml')
  writeFileSync(file, naming('first'))
  catalogs = []
  problems = []
})

afterEach(() => {
  watch.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('a watched configuration', () => {
  it('is taken over when it changes, and each has the next generation', async () => {
    start()
    writeFileSync(file, naming('second'))
    await until(() => catalogs.length === 1)
    expect(namesInForce()).toEqual(['second'])
    writeFileSync(file, naming('third'))
    await until(() => catalogs.length === 2)
    expect(catalogs.map(({ generation }) => generation)).toEqual([2, 3])
    expect(problems).toEqual([])
  })

  it('may be replaced instead of written to, as editors do', async () => {
    start()
    writeFileSync(`${file}.tmp`, naming('second'))
    renameSync(`${file}.tmp`, file)
    await until(() => catalogs.length === 1)
    expect(namesInForce()).toEqual(['second'])
  })

  it('may be a link into a folder that is swapped, as Kubernetes does', async () => {
    for (const version of ['one', 'two']) {
      rmSync(path.join(folder, version), { recursive: true, force: true })
    }
    const linked = path.join(folder, 'linked.yaml')
    writeFileSync(path.join(folder, 'one.yaml'), naming('first'))
    writeFileSync(path.join(folder, 'two.yaml'), naming('second'))
    symlinkSync('one.yaml', path.join(folder, '..data'))
    symlinkSync('..data', linked)
    start(linked)
    symlinkSync('two.yaml', path.join(folder, '..next'))
    renameSync(path.join(folder, '..next'), path.join(folder, '..data'))
    await until(() => catalogs.length === 1)
    expect(namesInForce()).toEqual(['second'])
  })

  it('changes nothing while it is broken or gone, and says so', async () => {
    start()
    writeFileSync(file, 'providers: {')
    await until(() => problems.length === 1)
    rmSync(file)
    await until(() => problems.includes('there is no such file'))
    expect(catalogs).toEqual([])
    writeFileSync(file, naming('back'))
    await until(() => catalogs.length === 1)
    expect(namesInForce()).toEqual(['back'])
    expect(catalogs[0]?.generation).toBe(2)
  })

  it('is not read half-written', async () => {
    start(file, 3_000)
    const text = naming('a', 'b', 'c', 'd', 'e')
    for (let end = 0; end <= text.length; end += 20) {
      writeFileSync(file, text.slice(0, end))
      await rest(10)
    }
    writeFileSync(file, text)
    await until(() => catalogs.length > 0)
    expect(problems).toEqual([])
    expect(catalogs).toHaveLength(1)
    expect(namesInForce()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('many changes at once are read once', async () => {
    start(file, 60)
    for (let index = 0; index < 50; index++) writeFileSync(file, naming(`name-${index}`))
    await until(() => catalogs.length > 0)
    await rest(150)
    expect(catalogs).toHaveLength(1)
    expect(namesInForce()).toEqual(['name-49'])
  })

  it('the same content is not compiled again, unless asked for', async () => {
    start()
    await watch.reload()
    expect(catalogs).toHaveLength(1)
    writeFileSync(file, naming('first'))
    await rest(200)
    expect(catalogs).toHaveLength(1)
    await watch.reload()
    expect(catalogs).toHaveLength(2)
  })

  it('other files of the folder do not matter', async () => {
    start()
    writeFileSync(path.join(folder, 'other.yaml'), naming('other'))
    await rest(150)
    expect(catalogs).toEqual([])
  })

  it('reloads one after the other, the last content last', async () => {
    start()
    const reloads = Array.from({ length: 20 }, (_, index) => {
      writeFileSync(file, naming(`name-${index}`))
      return watch.reload()
    })
    await Promise.all(reloads)
    expect(namesInForce()).toEqual(['name-19'])
    const generations = catalogs.map(({ generation }) => generation)
    expect(generations).toEqual(generations.toSorted((a, b) => a - b))
  })

  it('is left alone once closed', async () => {
    start()
    watch.close()
    writeFileSync(file, naming('late'))
    await watch.reload()
    await rest(150)
    expect(catalogs).toEqual([])
  })

  it('in a folder that is not there says how to go on', () => {
    start(path.join(folder, 'missing', 'waybill.yaml'))
    expect(problems).toEqual(['cannot be watched (ENOENT); send SIGHUP after a change'])
  })
})
