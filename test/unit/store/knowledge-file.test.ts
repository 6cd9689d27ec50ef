import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKnowledgeFile } from '../../../src/adapters/store/knowledge-file.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'waybill-knowledge-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const never = (message: string) => expect.fail(message)
const saved = {
  savedAtMs: 1_800_000_000_000,
  fleet: { version: 1, targets: {} },
  learning: { aliases: {} },
  experiments: {},
  regionTimes: { pairs: [] },
  estimates: { models: [] },
}

describe('the file of what was learned', () => {
  it('gives back what was saved last, and leaves nothing else behind', async () => {
    const store = createKnowledgeFile(path.join(directory, 'new', 'knowledge.json'), never)
    expect(await store.load()).toBeNull()
    await store.save({ ...saved, savedAtMs: 1 })
    await store.save(saved)
    expect(await store.load()).toEqual(saved)
    expect(readdirSync(path.join(directory, 'new'))).toEqual(['knowledge.json'])
    expect(statSync(path.join(directory, 'new', 'knowledge.json')).mode & 0o777).toBe(0o600)
  })

  it.each(['', '{', '[]', '{"savedAtMs":"x","fleet":{}}', '\0'])(
    'that holds %j is as good as none, and that is told',
    async (text) => {
      const file = path.join(directory, 'knowledge.json')
      const problems: string[] = []
      writeFileSync(file, text)
      expect(await createKnowledgeFile(file, (message) => problems.push(message)).load()).toBeNull()
      expect(problems).toEqual([expect.stringContaining(`${file} cannot be read (it is damaged)`)])
    },
  )

  it('that cannot be opened is told', async () => {
    const problems: string[] = []
    const store = createKnowledgeFile(directory, (message) => problems.push(message))
    expect(await store.load()).toBeNull()
    expect(problems).toEqual([expect.stringContaining(`${directory} cannot be read (EISDIR)`)])
  })

  it('is read part by part', async () => {
    const file = path.join(directory, 'knowledge.json')
    writeFileSync(file, '{"savedAtMs":1,"fleet":[],"learning":{"aliases":{}}}')
    const empty = { fleet: {}, experiments: {}, regionTimes: {}, estimates: {} }
    const parts = { ...empty, learning: { aliases: {} } }
    expect(await createKnowledgeFile(file, never).load()).toEqual({ savedAtMs: 1, ...parts })
  })

  it('that cannot be written is told once, and the old one stays', async () => {
    const file = path.join(directory, 'knowledge.json')
    const problems: string[] = []
    writeFileSync(path.join(directory, 'no-directory'), '')
    const hopeless = createKnowledgeFile(
      path.join(directory, 'no-directory', 'knowledge.json'),
      (message) => problems.push(message),
    )
    await hopeless.save(saved)
    await hopeless.save(saved)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('is not kept over a restart')
    await createKnowledgeFile(file, never).save(saved)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(saved)
  })
})
