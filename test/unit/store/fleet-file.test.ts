import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFleetFile } from '../../../src/adapters/store/fleet-file.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'waybill-fleet-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const never = (message: string) => expect.fail(message)
const saved = { savedAtMs: 1_800_000_000_000, fleet: { version: 1, targets: {} } }

describe('the file of the fleet', () => {
  it('gives back what was saved last, and leaves nothing else behind', async () => {
    const store = createFleetFile(path.join(directory, 'new', 'fleet.json'), never)
    expect(await store.load()).toBeNull()
    await store.save({ ...saved, savedAtMs: 1 })
    await store.save(saved)
    expect(await store.load()).toEqual(saved)
    expect(readdirSync(path.join(directory, 'new'))).toEqual(['fleet.json'])
    expect(statSync(path.join(directory, 'new', 'fleet.json')).mode & 0o777).toBe(0o600)
  })

  it.each(['', '{', '[]', '{"savedAtMs":"x","fleet":{}}', '{"savedAtMs":1,"fleet":[]}', '\0'])(
    'that holds %j is as good as none',
    async (text) => {
      const file = path.join(directory, 'fleet.json')
      writeFileSync(file, text)
      expect(await createFleetFile(file, never).load()).toBeNull()
    },
  )

  it('that cannot be written is told once, and the old one stays', async () => {
    const file = path.join(directory, 'fleet.json')
    const problems: string[] = []
    writeFileSync(path.join(directory, 'no-directory'), '')
    const hopeless = createFleetFile(
      path.join(directory, 'no-directory', 'fleet.json'),
      (message) => problems.push(message),
    )
    await hopeless.save(saved)
    await hopeless.save(saved)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('is not kept over a restart')
    await createFleetFile(file, never).save(saved)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(saved)
  })
})
