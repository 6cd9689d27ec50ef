import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryLedger } from '../../../src/adapters/store/memory-ledger.ts'
import type { WaybillStore } from '../../../src/adapters/store/waybill-store.ts'
import { nothing, sampleRecord } from './sample-record.ts'
import { temporaryPlace } from './temporary-ledger.ts'

interface Place {
  open(): WaybillStore
  remove(): void
}

const implementations: Record<string, () => Place> = {
  memory: () => ({ open: () => createMemoryLedger(), remove: () => {} }),
  sqlite: temporaryPlace,
}

async function withStore(place: Place, use: (store: WaybillStore) => Promise<void>): Promise<void> {
  const store = place.open()
  try {
    await use(store)
  } finally {
    await store.close()
    place.remove()
  }
}

describe.each(Object.entries(implementations))('a %s ledger', (_name, makePlace) => {
  it('gives a record back as it was appended', () =>
    withStore(makePlace(), async (store) => {
      const record = sampleRecord('wb_1')
      store.append(record, nothing)
      expect(await store.readWaybill('wb_1')).toEqual(record)
    }))

  it('knows nothing of an id that was never appended', () =>
    withStore(makePlace(), async (store) => {
      expect(await store.readWaybill("wb_0' OR '1'='1")).toBeNull()
      expect(await store.recentWaybills(10)).toEqual([])
    }))

  it('keeps one record per id, the first', () =>
    withStore(makePlace(), async (store) => {
      store.append(sampleRecord('wb_1', { status: 200 }), nothing)
      store.append(sampleRecord('wb_1', { status: 500 }), nothing)
      store.append(sampleRecord('wb_2'), nothing)
      await store.flush()
      expect(await store.recentWaybills(10)).toHaveLength(2)
      expect((await store.readWaybill('wb_1'))?.status).toBe(200)
    }))

  it('lists the latest to arrive first', () =>
    withStore(makePlace(), async (store) => {
      const arrivals = [1005, 1001, 1003, 1003, 1004]
      for (const [index, arrivedAtMs] of arrivals.entries()) {
        store.append(sampleRecord(`wb_${index}`, { arrivedAtMs }), nothing)
      }
      const recent = await store.recentWaybills(4)
      expect(recent.map(({ id }) => id)).toEqual(['wb_0', 'wb_4', 'wb_3', 'wb_2'])
    }))

  it('keeps what is not known as null, not as zero or empty', () =>
    withStore(makePlace(), async (store) => {
      const refused = sampleRecord('wb_1', {
        client: null,
        user: null,
        policy: null,
        resolvedAs: null,
        strategy: null,
        target: null,
        reason: null,
        attempts: [],
        candidates: [],
        excluded: [],
        warnings: [],
        status: 404,
        outcome: 'failure',
        failureClass: 'model_not_found',
        failureMessage: 'No model is called "fsat": did you mean "fast"?',
        costNanoUsd: null,
        firstOutputMs: null,
        streaming: false,
      })
      store.append(refused, nothing)
      expect(await store.readWaybill('wb_1')).toEqual(refused)
    }))

  it('stores figures that can be added up, whatever a provider reported', () =>
    withStore(makePlace(), async (store) => {
      const garbage = {
        inputTokens: Number.NaN,
        cachedInputTokens: -5,
        cacheWriteTokens: 2 ** 60,
        outputTokens: 1e300,
        reasoningTokens: 1.4,
      }
      const [attempt] = sampleRecord('').attempts
      if (attempt === undefined) throw new Error('the sample has attempts')
      const attempts = [{ ...attempt, usage: garbage, costNanoUsd: Number.NaN }]
      store.append(
        sampleRecord('wb_1', { usage: garbage, costNanoUsd: 2 ** 70, attempts }),
        nothing,
      )
      const clean = {
        inputTokens: 0,
        cachedInputTokens: 0,
        cacheWriteTokens: Number.MAX_SAFE_INTEGER,
        outputTokens: Number.MAX_SAFE_INTEGER,
        reasoningTokens: 1,
      }
      const found = await store.readWaybill('wb_1')
      expect(found?.usage).toEqual(clean)
      expect(found?.costNanoUsd).toBe(Number.MAX_SAFE_INTEGER)
      expect(found?.attempts).toEqual([{ ...attempt, usage: clean, costNanoUsd: null }])
    }))

  it('holds any text a client or a provider wrote', () =>
    withStore(makePlace(), async (store) => {
      const text = fc.string({ unit: 'binary', maxLength: 40 })
      let count = 0
      await fc.assert(
        fc.asyncProperty(text, text, fc.dictionary(text, text), async (model, user, metadata) => {
          count += 1
          const record = sampleRecord(`wb_${count}`, { model, user, metadata, warnings: [model] })
          store.append(record, nothing)
          expect(await store.readWaybill(record.id)).toEqual(record)
        }),
        { numRuns: 100 },
      )
    }))

  it('is well when nothing is wrong', () =>
    withStore(makePlace(), async (store) => {
      store.append(sampleRecord('wb_1'), nothing)
      await store.flush()
      expect(store.health()).toEqual({
        state: 'ok',
        message: null,
        queuedRecords: 0,
        dropped: 0,
        skippedLines: 0,
      })
    }))

  it('closes twice without complaint', () =>
    withStore(makePlace(), async (store) => {
      store.append(sampleRecord('wb_1'), nothing)
      await store.close()
    }))
})

describe('a memory ledger', () => {
  it('forgets the oldest when it is full', async () => {
    const store = createMemoryLedger({ maxRecords: 3 })
    for (const id of ['wb_1', 'wb_2', 'wb_3', 'wb_4']) store.append(sampleRecord(id), nothing)
    expect((await store.recentWaybills(10)).map(({ id }) => id)).toEqual(['wb_4', 'wb_3', 'wb_2'])
    expect(await store.readWaybill('wb_1')).toBeNull()
  })
})
