import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  importInstalled,
  PackageNotInstalled,
  resolveFrom,
} from '../../../src/adapters/language-models/import-package.ts'
import { createLanguageModels } from '../../../src/adapters/language-models/language-models.ts'
import { callOf, classify, fakePackage, finish, hear } from './fake-model.ts'

let home = ''

function install(name: string, exported: unknown): void {
  const folder = path.join(home, 'node_modules', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: exported }),
  )
}

beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'waybill-packages-'))
  install('for-import', { '.': { types: './x.d.ts', import: './index.js' }, './sub': './sub.js' })
  install('@scope/nested', { import: { node: './node.js', default: './other.js' } })
  install('closed', { './only': './only.js' })
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('where a package is found', () => {
  const entry = (name: string) => {
    const found = resolveFrom(name, path.join(home, 'package.json'))
    return found === null ? null : path.relative(path.join(home, 'node_modules'), found)
  }

  it.each([
    ['for-import', 'for-import/index.js'],
    ['for-import/sub', 'for-import/sub.js'],
    ['@scope/nested', '@scope/nested/node.js'],
    ['closed', null],
    ['for-import/none', null],
    ['absent', null],
  ])('%s → %s', (name, expected) => {
    expect(entry(name)).toBe(expected)
  })

  it('imports what Waybill itself has when the working directory has nothing', async () => {
    expect(await importInstalled('@ai-sdk/provider')).toHaveProperty('APICallError')
    await expect(importInstalled('@example/absent')).rejects.toThrow(PackageNotInstalled)
  })
})

describe('a package that is not there', () => {
  it('is named with the command that installs it', async () => {
    const { failure } = await hear(createLanguageModels({ classify }), callOf())
    expect(failure).toMatchObject({
      class: 'unreachable',
      retry: 'other',
      message: 'The provider package @example/lamp is not installed: run npm install @example/lamp',
    })
  })

  it('is tried again, and then kept', async () => {
    const lamp = fakePackage({ parts: [finish('stop')] })
    let imports = 0
    const models = createLanguageModels({
      classify,
      importPackage: async (name) => {
        imports++
        if (imports === 1) throw new PackageNotInstalled(name)
        return await lamp.importPackage(name)
      },
    })
    const options = {}
    expect((await hear(models, callOf({ options }))).failure?.class).toBe('unreachable')
    expect((await hear(models, callOf({ options }))).failure).toBeNull()
    expect((await hear(models, callOf({ options: {} }))).failure).toBeNull()
    expect(imports).toBe(2)
  })

  it('is not confused with one that fails to load', async () => {
    const models = createLanguageModels({
      classify,
      importPackage: async () => {
        throw Object.assign(new Error("Cannot find package 'zod'"), {
          code: 'ERR_MODULE_NOT_FOUND',
        })
      },
    })
    const { failure } = await hear(models, callOf())
    expect(failure?.message).toBe(
      "The provider package @example/lamp could not be loaded: Cannot find package 'zod'",
    )
  })
})
