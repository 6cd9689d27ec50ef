import { describe, expect, it } from 'vitest'
import { openRegionTimes } from '../../../../src/core/plan/region-times.ts'
import { clientRegion, nearness, type Regions } from '../../../../src/core/plan/regions.ts'

const regions: Regions = {
  header: 'cf-ipcountry',
  names: new Map([['de', 'eu-central']]),
  near: new Map([['eu-central', ['eu-west', 'us-east']]]),
}

describe('the region of a client', () => {
  it('comes from its own header before the trusted one', () => {
    const headers = { 'x-waybill-region': 'US-East', 'cf-ipcountry': 'DE' }
    expect(clientRegion(headers, regions)).toBe('us-east')
    expect(clientRegion({ 'cf-ipcountry': 'DE' }, regions)).toBe('eu-central')
    expect(clientRegion({ 'cf-ipcountry': 'FR' }, regions)).toBe('fr')
  })

  it('never from a header the configuration does not trust', () => {
    expect(clientRegion({ 'cf-ipcountry': 'DE' }, null)).toBeNull()
    expect(clientRegion({}, regions)).toBeNull()
    expect(clientRegion({ 'x-waybill-region': 'x'.repeat(65) }, regions)).toBeNull()
    expect(clientRegion({ 'x-waybill-region': ' ' }, regions)).toBeNull()
  })

  it('is near what is configured, in the order written', () => {
    const to = (provider: string) => nearness('eu-central', provider, regions)
    expect(['eu-central', 'eu-west', 'us-east', 'asia'].map(to)).toEqual([0, 1, 2, null])
  })
})

describe('measured times per region', () => {
  it('count after five measurements and follow what changes', () => {
    const times = openRegionTimes()
    for (let count = 0; count < 4; count++) times.observe('eu', 'us', 100)
    expect(times.expectedMs('eu', 'us')).toBeNull()
    times.observe('eu', 'us', 100)
    expect(times.expectedMs('eu', 'us')).toBe(100)
    for (let count = 0; count < 60; count++) times.observe('eu', 'us', 300)
    expect(times.expectedMs('eu', 'us')).toBeCloseTo(300, 0)
    expect(times.expectedMs('us', 'eu')).toBeNull()
  })

  it('survive a restart, and a snapshot that is not theirs', () => {
    const times = openRegionTimes()
    for (let count = 0; count < 9; count++) times.observe('eu', 'us', 100 + count)
    const again = openRegionTimes(JSON.parse(JSON.stringify(times.snapshot())))
    expect(again.expectedMs('eu', 'us')).toBe(times.expectedMs('eu', 'us'))
    expect(again.snapshot()).toEqual(times.snapshot())
    for (const broken of [null, 7, [], { pairs: 'x' }, { pairs: [['a'], 3, ['a', 'b', 'c']] }]) {
      expect(openRegionTimes(broken).snapshot()).toEqual({ pairs: [] })
    }
  })

  it('forget the pairs that have been silent longest, however many clients invent', () => {
    const times = openRegionTimes()
    for (let round = 0; round < 5; round++) times.observe('kept', 'us', 50)
    for (let made = 0; made < 2_000; made++) {
      times.observe(`invented-${made}`, 'us', 1)
      if (made % 100 === 0) times.observe('kept', 'us', 50)
    }
    expect(JSON.stringify(times.snapshot()).length).toBeLessThan(20_000)
    expect(times.expectedMs('kept', 'us')).toBe(50)
  })
})
