import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createGroupCommit } from '../../../src/adapters/store/journal/group-commit.ts'

describe('a group commit', () => {
  const decoder = new TextDecoder()

  it('writes the lines of a turn together, and tells each when they are written', async () => {
    const written: string[] = []
    const told: number[] = []
    const commits = createGroupCommit((lines) => void written.push(decoder.decode(lines)))
    for (const line of [1, 2, 3]) commits.add(`${line}\n`, () => told.push(line))
    expect([written, told]).toEqual([[], []])
    await turn()
    expect([written, told]).toEqual([['1\n2\n3\n'], [1, 2, 3]])
  })

  it('leaves nobody waiting when one that is told throws', () => {
    const told: number[] = []
    const commits = createGroupCommit(() => {})
    for (const line of [1, 2, 3, 4]) {
      commits.add(`${line}\n`, () => {
        told.push(line)
        if (line % 2 === 0) throw new Error(`told ${line}`)
      })
    }
    expect(() => commits.commit()).toThrow('told')
    expect(told).toEqual([1, 2, 3, 4])
  })
})
