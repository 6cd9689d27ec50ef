import { writeSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WriteBytes } from '../../../src/adapters/store/journal/segment-writer.ts'
import { nothing, sampleRecord, stored } from './sample-record.ts'
import { temporaryPlace, until } from './temporary-ledger.ts'

/** A disk with room for some bytes, then none until more is given. */
function smallDisk(roomBytes: number, code: string) {
  const disk = { room: roomBytes }
  const write: WriteBytes = (file, bytes, offset, length) => {
    const fits = Math.min(length, disk.room)
    if (fits === 0) throw Object.assign(new Error(`${code}: no room`), { code })
    disk.room -= fits
    return writeSync(file, bytes, offset, fits)
  }
  return { disk, write }
}

let place: ReturnType<typeof temporaryPlace>
beforeEach(() => {
  place = temporaryPlace()
})
afterEach(() => place.remove())

describe.each(['ENOSPC', 'EIO'])('a disk that fails with %s', (code) => {
  it('loses no record that fits into memory, and says so meanwhile', async () => {
    const { disk, write } = smallDisk(5000, code)
    const problems: string[] = []
    const ledger = place.open({ write, onProblem: (message) => problems.push(message) })
    for (let index = 0; index < 20; index += 1) await stored(ledger, sampleRecord(`wb_${index}`))
    expect(ledger.health()).toMatchObject({ state: 'degraded', dropped: 0 })
    expect(ledger.health().message).toContain(code)
    expect(problems).toHaveLength(1)
    disk.room = 2500 // ends within a line again
    await new Promise((resolve) => setTimeout(resolve, 600))
    disk.room = Number.POSITIVE_INFINITY
    await ledger.flush()
    expect(place.ids()).toHaveLength(20)
    expect(ledger.health()).toMatchObject({ state: 'ok', queuedRecords: 0, dropped: 0 })
    await ledger.close()
  })
})

describe('a disk that stays full', () => {
  it('makes the newest records drop, visibly, once memory is full too', async () => {
    const { disk, write } = smallDisk(0, 'ENOSPC')
    const problems: string[] = []
    const ledger = place.open({
      write,
      queueBytes: 20_000,
      onProblem: (message) => problems.push(message),
    })
    for (let index = 10; index < 60; index += 1) await stored(ledger, sampleRecord(`wb_${index}`))
    const { dropped, queuedRecords } = ledger.health()
    expect(dropped).toBeGreaterThan(30)
    expect(dropped + queuedRecords).toBe(50)
    expect(problems.join()).toContain('dropped')
    disk.room = Number.POSITIVE_INFINITY
    await ledger.flush()
    expect(place.ids()[0]).toBe('wb_10')
    expect(place.ids()).toHaveLength(queuedRecords)
    expect(ledger.health()).toMatchObject({ state: 'ok', dropped })
    await ledger.close()
  })

  it('does not keep the process from closing', async () => {
    const { write } = smallDisk(0, 'ENOSPC')
    const ledger = place.open({ write })
    ledger.append(sampleRecord('wb_1'), nothing)
    await ledger.close()
    expect(ledger.health()).toMatchObject({ dropped: 1, queuedRecords: 0 })
  })
})

describe('a directory that cannot be written at first', () => {
  it('is used as soon as it can be', async () => {
    const { mkdirSync, rmSync, writeFileSync } = await import('node:fs')
    writeFileSync(place.journalDirectory, 'in the way')
    const ledger = place.open()
    ledger.append(sampleRecord('wb_1'), nothing)
    expect(ledger.health().state).toBe('degraded')
    rmSync(place.journalDirectory)
    mkdirSync(place.journalDirectory)
    await until(() => ledger.health().state === 'ok')
    await ledger.flush()
    expect(place.ids()).toEqual(['wb_1'])
    await ledger.close()
  })
})
