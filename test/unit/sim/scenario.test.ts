import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../../src/config/problem.ts'
import { readMeasurements } from '../../../src/sim/scenario/measurements.ts'
import { type ReadBeside, readScenario } from '../../../src/sim/scenario/read-scenario.ts'

const nothingBeside: ReadBeside = () => null

function problemsOf(text: string, beside: ReadBeside = nothingBeside): string[] {
  const read = readScenario(text, 'providers.yaml', beside)
  return read.ok ? [] : read.problems.map(formatProblem)
}

describe('a file of providers', () => {
  it('says all there is to say', () => {
    const read = readScenario(
      `targets:
  some/model:
    firstToken: { p50: 300ms, p99: 2s, perThousandInput: 20ms }
    msPerToken: { p50: 12.5, p99: 40 }
    errorRate: 0.01
    price: { input: 1, output: 2 }
    capacity: { concurrent: 10, whenFull: queue }
    regimes:
      - { kind: step, from: 60s, to: 2m, factor: 5 }
      - { kind: outage, from: 3m, to: 4m }
  other/model: { measurements: calls.json }
traffic:
  requestsPerSecond: 5
  inputTokens: { p50: 1000, p99: 4000 }
  outputTokens: { p50: 130, p99: 600 }
`,
      'providers.yaml',
      (path) =>
        path === 'calls.json' ? '[{ "ttft_s": 0.2, "inter_token_latency_s": 0.01 }]' : null,
    )
    expect(read.ok).toBe(true)
    if (!read.ok) return
    expect(read.scenario.behaviours.get('some/model')).toMatchObject({
      source: { firstTokenMs: { p50: 300, p99: 2_000 }, msPerThousandInput: 20, errorStatus: 503 },
      capacity: { concurrent: 10, tokens: null, whenFull: 'queue' },
      regimes: [
        { kind: 'step', from: 60_000, to: 120_000, factor: 5 },
        { kind: 'outage', how: 'unreachable' },
      ],
    })
    expect(read.scenario.behaviours.get('other/model')?.source).toEqual({
      kind: 'measurements',
      calls: [{ kind: 'reply', firstTokenMs: 200, msPerToken: 10 }],
    })
    expect(read.scenario.traffic?.requestsPerSecond).toBe(5)
    expect([...read.prices]).toEqual([['some/model', { input: 1, output: 2 }]])
  })

  it.each([
    ['targets: {', 'providers.yaml:1'],
    ['', 'targets'],
    ['targets: { model: {} }', 'write provider/model'],
    ['targets: { a/b: {} }', 'needs firstToken and msPerToken, or measurements'],
    ['targets: { a/b: { measurements: x.json, errorRate: 2 } }', 'must be at most 1, not 2'],
    ['targets: { a/b: { measurements: x.json } }', '"x.json" cannot be read'],
    [
      'targets:\n  a/b:\n    firstToken: { p50: 2s, p99: 1s }\n    msPerToken: { p50: 1, p99: 1 }',
      'providers.yaml:3:17: error: targets["a/b"].firstToken: p99 must be at least p50',
    ],
    [
      'targets: { a/b: { measurements: x.json, regimes: [{ kind: storm }] } }',
      'needs a kind: step, ramp, spike, brown-out, outage or rate-limit',
    ],
    [
      'targets: { a/b: { measurements: x, regimes: [{ kind: outage, from: 2m, to: 1m }] } }',
      'must end after it begins',
    ],
    ['targets: { a/b: { measurements: x.json, latency: 3 } }', 'unknown key "latency"'],
  ])('that is wrong (%j) is refused', (text, message) => {
    const problems = problemsOf(text)
    expect(problems.join('\n')).toContain(message)
  })
})

describe('measured calls', () => {
  const callsOf = (rows: unknown) => {
    const read = readMeasurements(JSON.stringify(rows))
    return read.ok ? read.calls : read.message
  }

  it('take the time per token from the end, where it was recorded', () => {
    const row = {
      error_code: null,
      ttft_s: 0.5,
      inter_token_latency_s: 0.025,
      end_to_end_latency_s: 2.5,
      number_output_tokens: 101,
    }
    expect(callsOf([row])).toEqual([{ kind: 'reply', firstTokenMs: 500, msPerToken: 20 }])
  })

  it('count a verdict of the measuring tool as the reply it was, and a status as an error', () => {
    const short = {
      error_code: -100,
      error_msg: 'too few tokens',
      ttft_s: 0.5,
      inter_token_latency_s: 1.5,
      end_to_end_latency_s: 1.5,
      number_output_tokens: 11,
    }
    const limited = {
      error_code: 429,
      ttft_s: 0,
      inter_token_latency_s: 0,
      end_to_end_latency_s: 0,
    }
    expect(callsOf([short, limited])).toEqual([
      { kind: 'reply', firstTokenMs: 500, msPerToken: 100 },
      { kind: 'error', status: 429, afterMs: 50 },
    ])
  })

  it('leave out what cannot be used', () => {
    const good = { ttft_s: 0.1, inter_token_latency_s: 0.01 }
    const broken = { error_code: -1, ttft_s: 0.1, inter_token_latency_s: 9 }
    expect(callsOf([good, null, 7, {}, { ttft_s: -1 }, { ttft_s: 'x' }, broken])).toEqual([
      { kind: 'reply', firstTokenMs: 100, msPerToken: 10 },
    ])
    expect(callsOf([])).toContain('holds no measured call')
    expect(callsOf({ a: 1 })).toContain('must be an array')
    expect(readMeasurements('{').ok).toBe(false)
  })
})
