import { describe, expect, it } from 'vitest'
import { quantilesOf } from '../../../src/sim/report/quantiles.ts'
import { poissonTraffic } from '../../../src/sim/traffic/poisson-traffic.ts'
import { readTrace } from '../../../src/sim/traffic/read-trace.ts'
import { shapeTraffic } from '../../../src/sim/traffic/shape-traffic.ts'

describe('a trace', () => {
  it('is read with the column names of public traces', () => {
    const text =
      'TIMESTAMP,ContextTokens,GeneratedTokens\r\n' +
      '2026-01-31 23:59:59.9000000,374,44\r\n' +
      '2026-02-01 00:00:00.0250005,396,109'
    const trace = readTrace(text)
    expect(trace).toMatchObject({ ok: true })
    if (!trace.ok) return
    expect(trace.arrivals[0]).toEqual({ atMs: 0, inputTokens: 374, outputTokens: 44 })
    expect(trace.arrivals[1]?.atMs).toBeCloseTo(125.0005, 3)
  })

  it('is read with plain names in any order, times in seconds, lines in any order', () => {
    expect(readTrace('output,time,input\n7,2.5,11\n\n5,1,9\n')).toEqual({
      ok: true,
      arrivals: [
        { atMs: 0, inputTokens: 9, outputTokens: 5 },
        { atMs: 1_500, inputTokens: 11, outputTokens: 7 },
      ],
    })
  })

  it.each([
    ['', 1, 'no column for time'],
    ['time,input\n1,2', 1, 'no column for output'],
    ['time,input,output\n', 1, 'no requests'],
    ['time,input,output\n1,2,3\nsoon,2,3', 3, 'ISO 8601'],
    ['time,input,output\n1,2,3\n\n2,-2,3', 4, 'input tokens must be a whole number, not "-2"'],
    ['time,input,output\n1,2,many', 2, 'output tokens must be a whole number, not "many"'],
    ['time,input,output\n1,2', 2, 'no output tokens'],
    ['time,input,output\n1,2,', 2, 'not nothing'],
    ['time,input,output\n2026-13-31T00:00:00Z,2,3', 2, 'ISO 8601'],
  ])('that is wrong (%j) is refused with its line', (text, line, message) => {
    expect(readTrace(text)).toEqual({
      ok: false,
      line,
      message: expect.stringContaining(message),
    })
  })

  it('that is too short begins again, at the rate that is asked for', () => {
    const trace = [0, 10, 20].map((atMs) => ({ atMs, inputTokens: 1, outputTokens: 1 }))
    expect(shapeTraffic(trace, 5, 2).map(({ atMs }) => atMs)).toEqual([0, 5, 10, 15, 20])
    expect(shapeTraffic(trace, 2, 1)).toHaveLength(2)
  })
})

describe('synthetic traffic', () => {
  const traffic = {
    requestsPerSecond: 5,
    inputTokens: { p50: 1_000, p99: 4_000 },
    outputTokens: { p50: 130, p99: 600 },
  }
  const arrivals = poissonTraffic(traffic, 20_000, 3)

  it('has the rate and the lengths it was given', () => {
    const gaps = arrivals.slice(1).map(({ atMs }, index) => atMs - (arrivals[index]?.atMs ?? 0))
    const { mean } = quantilesOf(gaps)
    expect(mean).toBeCloseTo(200, -1)
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1)
    const inputs = quantilesOf(arrivals.map((one) => one.inputTokens))
    expect(inputs.p50 / 1_000).toBeCloseTo(1, 1)
    expect(inputs.p99 / 4_000).toBeCloseTo(1, 1)
    expect(quantilesOf(arrivals.map((one) => one.outputTokens)).p99 / 600).toBeCloseTo(1, 1)
  })

  it('is the same for the same seed only', () => {
    expect(poissonTraffic(traffic, 100, 3)).toEqual(arrivals.slice(0, 100))
    expect(poissonTraffic(traffic, 100, 4)).not.toEqual(arrivals.slice(0, 100))
  })
})
