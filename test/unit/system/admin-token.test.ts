import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openAdminToken } from '../../../src/adapters/system/admin-token.ts'
import { temporaryDirectory } from '../../support/gateway.ts'

const variable = 'WAYBILL_ADMIN_TOKEN'
const good = 'a-token-of-42-characters-0123456789abcdefg'

function open(file: string | null, environment: Record<string, string> = {}) {
  return openAdminToken({ environment, variable, file })
}

function place(): string {
  return path.join(temporaryDirectory(), 'data', 'admin-token')
}

describe('a new admin token', () => {
  it('has 256 bits, and is kept where only its owner reads it', async () => {
    const file = place()
    const first = await open(file)
    if (!first.ok) throw new Error(first.problem)
    expect(first).toMatchObject({ made: true, file, warning: null })
    expect(first.token.reveal()).toMatch(/^wb-admin-[0-9a-f]{64}$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700)
    expect(readdirSync(path.dirname(file))).toEqual(['admin-token'])
    expect(String(first.token)).not.toContain('wb-admin')
  })

  it('is made once', async () => {
    const file = place()
    const [first, second] = [await open(file), await open(file)]
    if (!first.ok || !second.ok) throw new Error('not opened')
    expect(second).toMatchObject({ made: false, file })
    expect(second.token.reveal()).toBe(first.token.reveal())
  })

  it('is one for all gateways that start at once', async () => {
    const file = place()
    const opened = await Promise.all(Array.from({ length: 20 }, () => open(file)))
    const tokens = opened.map((one) => (one.ok ? one.token.reveal() : one.problem))
    expect(new Set(tokens).size).toBe(1)
    expect(opened.filter((one) => one.ok && one.made)).toHaveLength(1)
    expect(readFileSync(file, 'utf8')).toBe(`${tokens[0]}\n`)
    expect(readdirSync(path.dirname(file))).toEqual(['admin-token'])
  })

  it('ends with the process where nothing is kept', async () => {
    const opened = await open(null)
    expect(opened).toMatchObject({ ok: true, made: true, file: null })
  })
})

describe('the token of the environment', () => {
  it('wins over the file, which is not even made', async () => {
    const file = place()
    const opened = await open(file, { [variable]: good })
    expect(opened).toMatchObject({ ok: true, made: false, file: null })
    expect(opened.ok && opened.token.reveal()).toBe(good)
    expect(() => statSync(file)).toThrow()
  })

  it.each([
    ['', 'is empty'],
    ['short', 'has fewer than 32 characters'],
    ['x'.repeat(64), 'can be guessed'],
    ['changemechangemechangemechangeme', 'can be guessed'],
    [`${good} `, 'holds other characters than visible ASCII'],
    [`${good}\n`, 'holds other characters than visible ASCII'],
    [`${good}é`, 'holds other characters than visible ASCII'],
  ])('%j is refused, and not repeated', async (given, words) => {
    const opened = await open(place(), { [variable]: given })
    if (opened.ok) throw new Error('it was taken')
    expect(opened.problem).toContain(`${variable} ${words}`)
    if (given.length > 8) expect(opened.problem).not.toContain(given.trim())
  })
})

describe('a token that is kept', () => {
  function kept(content: string, mode = 0o600): string {
    const file = place()
    mkdirSync(path.dirname(file))
    writeFileSync(file, content)
    chmodSync(file, mode)
    return file
  }

  it.each([0o644, 0o640, 0o660, 0o604])(
    'that others could read (%o) is mended, and told',
    async (mode) => {
      const file = kept(`${good}\n`, mode)
      const opened = await open(file)
      if (!opened.ok) throw new Error(opened.problem)
      expect(opened.warning).toContain('remove the file')
      expect(opened.warning).not.toContain(good)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(await open(file)).toMatchObject({ warning: null })
    },
  )

  it.each([
    ['', 'is empty'],
    ['short\n', 'fewer than 32'],
    ['x'.repeat(10_000), 'can be guessed'],
    ['two words of a token that is long enough', 'visible ASCII'],
  ])('that is none (%.12j) is refused', async (content, words) => {
    const opened = await open(kept(content))
    expect(opened.ok).toBe(false)
    if (!opened.ok) expect(opened.problem).toMatch(new RegExp(`admin-token .*${words}.*remove it`))
  })

  it('that cannot be had is a problem with a remedy', async () => {
    const file = place()
    mkdirSync(file, { recursive: true })
    const opened = await open(file)
    expect(opened.ok).toBe(false)
    if (!opened.ok) expect(opened.problem).toContain(`or set ${variable}`)
  })
})
