import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { attemptReason } from '../../../src/adapters/telemetry/attempt-reason.ts'
import { createPrometheus } from '../../../src/adapters/telemetry/prometheus.ts'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import type { Target } from '../../../src/core/catalog.ts'
import { failure } from '../../../src/core/failure.ts'
import { createFleet } from '../../../src/core/health/fleet.ts'
import { unknownCapabilities } from '../../../src/core/needs.ts'
import { noUsage } from '../../../src/core/reply.ts'
import { sampleRecord } from '../../conformance/ledger/sample-record.ts'
import { aLimit } from '../core/limits/some-limits.ts'

const quiet = {
  ledger: () => ({ queuedRecords: 0, dropped: 0 }),
  logLinesDropped: () => 0,
  nowMs: () => 0,
  targets: () => [],
  arms: () => [],
  retriesRefused: () => 0,
}

async function samples(prometheus: ReturnType<typeof createPrometheus>): Promise<string[]> {
  const text = await prometheus.metricsText()
  return text.split('\n').filter((line) => line.startsWith('waybill_'))
}

function report(prometheus: ReturnType<typeof createPrometheus>, record: WaybillRecord): void {
  prometheus.started()
  prometheus.finished(record)
}

const [failedAttempt, goodAttempt] = sampleRecord('').attempts
if (failedAttempt === undefined || goodAttempt === undefined) throw new Error('two attempts needed')

const knownTarget: Target = {
  name: 'openai/gpt-5',
  model: 'gpt-5',
  price: null,
  capabilities: unknownCapabilities,
  provider: {
    id: 'openai',
    knownAs: 'openai',
    enabled: true,
    region: null,
    reach: { kind: 'sdk', sdk: 'none', options: {} },
    apiKeys: [],
    strict: false,
    quirks: {},
  },
}

const direct = (target: string, outcome: WaybillRecord['outcome']): WaybillRecord =>
  sampleRecord('wb_1', {
    model: target,
    target,
    resolvedAs: 'target',
    outcome,
    status: outcome === 'success' ? 200 : 404,
    failureClass: outcome === 'success' ? null : 'model_not_found',
    attempts: [{ ...goodAttempt, target, result: outcome }],
  })

describe('metrics of a request', () => {
  it('count it, its attempts, tokens and cost', async () => {
    const prometheus = createPrometheus(quiet)
    report(prometheus, sampleRecord('wb_1'))
    const found = await samples(prometheus)
    const route = 'model="fast",target="google/gemini-2.5-flash"'
    const answered = 'target="google/gemini-2.5-flash",result="success"'
    expect(found).toEqual(
      expect.arrayContaining([
        'waybill_requests_in_flight 0',
        `waybill_requests_total{${route},status="2xx",outcome="success"} 1`,
        `waybill_request_duration_seconds_sum{${route},outcome="success"} 1.2015`,
        `waybill_first_token_seconds_count{${route}} 1`,
        'waybill_overhead_seconds_sum 0.00125',
        'waybill_attempts_total{target="openai/gpt-4o-mini",reason="first",result="failure"} 1',
        'waybill_attempts_total{target="google/gemini-2.5-flash",reason="failover",result="success"} 1',
        `waybill_upstream_attempt_duration_seconds_sum{${answered}} 1.099`,
        'waybill_failures_total{class="overloaded",target="openai/gpt-4o-mini"} 1',
        `waybill_tokens_total{kind="output",${route}} 345`,
        'waybill_tokens_total{kind="input",model="fast",target="openai/gpt-4o-mini"} 1234',
        `waybill_cost_usd_total{${route}} 0.0012327`,
      ]),
    )
  })

  it('add up over several scrapes', async () => {
    const prometheus = createPrometheus(quiet)
    for (let count = 1; count <= 3; count += 1) {
      report(prometheus, sampleRecord(`wb_${count}`))
      expect((await samples(prometheus)).join('\n')).toMatch(
        new RegExp(`^waybill_requests_total{.*"success"} ${count}$`, 'm'),
      )
    }
  })

  it('count a failure of the request itself, but not one that an attempt stands for', async () => {
    const prometheus = createPrometheus(quiet)
    const refused = { outcome: 'failure', status: 429, target: null, attempts: [] } as const
    report(prometheus, sampleRecord('wb_1', { ...refused, failureClass: 'rate_limited' }))
    report(
      prometheus,
      sampleRecord('wb_2', {
        outcome: 'failure',
        status: 503,
        target: 'openai/gpt-4o-mini',
        attempts: [failedAttempt],
        failureClass: 'overloaded',
      }),
    )
    const failures = (await samples(prometheus)).filter((line) => line.includes('failures_total{'))
    expect(failures.sort()).toEqual([
      'waybill_failures_total{class="overloaded",target="openai/gpt-4o-mini"} 1',
      'waybill_failures_total{class="rate_limited",target="none"} 1',
    ])
  })

  it('show what has no price instead of counting it as free', async () => {
    const prometheus = createPrometheus(quiet)
    const attempts = [{ ...goodAttempt, costNanoUsd: null }]
    report(prometheus, sampleRecord('wb_1', { attempts, costNanoUsd: null }))
    const found = (await samples(prometheus)).join('\n')
    expect(found).toContain('waybill_unpriced_attempts_total{target="google/gemini-2.5-flash"} 1')
    expect(found).not.toContain('waybill_cost_usd_total{')
  })

  it('survive garbage that a provider reported as usage', async () => {
    const prometheus = createPrometheus(quiet)
    const usage = { ...goodAttempt.usage, inputTokens: Number.NaN, outputTokens: -3 }
    report(prometheus, sampleRecord('wb_1', { attempts: [{ ...goodAttempt, usage }] }))
    expect((await samples(prometheus)).join('\n')).not.toMatch(/kind="(in|out)put"/)
  })
})

describe('names as labels', () => {
  it('are "unknown" where nothing is called so, whatever is asked for', async () => {
    const prometheus = createPrometheus(quiet)
    for (let count = 0; count < 1000; count += 1) {
      report(
        prometheus,
        sampleRecord('wb_1', {
          model: `made-up-${count}`,
          resolvedAs: null,
          target: null,
          attempts: [],
          outcome: 'failure',
          status: 404,
          failureClass: 'model_not_found',
        }),
      )
    }
    const found = await samples(prometheus)
    expect(found.join('\n')).not.toContain('made-up')
    expect(found).toContain(
      'waybill_requests_total{model="unknown",target="none",status="4xx",outcome="failure"} 1000',
    )
  })

  it('are "other" for a target that was asked for by name and never answered', async () => {
    const prometheus = createPrometheus(quiet)
    report(prometheus, direct('openai/made-up', 'failure'))
    expect((await samples(prometheus)).join('\n')).not.toContain('made-up')
    report(prometheus, direct('openai/gpt-6', 'success'))
    report(prometheus, direct('openai/gpt-6', 'failure'))
    expect((await samples(prometheus)).join('\n')).toContain(
      'model="openai/gpt-6",target="openai/gpt-6",status="4xx",outcome="failure"} 1',
    )
  })

  it('stay few, however many models a provider answers to', async () => {
    const prometheus = createPrometheus(quiet)
    for (let count = 0; count < 1000; count += 1) {
      report(prometheus, direct(`ollama/any-${count}`, 'success'))
    }
    const found = await samples(prometheus)
    const requests = found.filter((line) => line.startsWith('waybill_requests_total{'))
    expect(requests).toHaveLength(201)
    expect(requests.at(-1)).toMatch(/model="other",target="other".* 800$/)
  })

  it('are those of the configuration from the start', async () => {
    const prometheus = createPrometheus(quiet)
    const { model, target } = direct('openai/gpt-5', 'failure')
    prometheus.configured({
      generation: 7,
      aliases: new Map(),
      targets: new Map([['openai/gpt-5', knownTarget]]),
    })
    prometheus.reloadFailed()
    report(prometheus, direct('openai/gpt-5', 'failure'))
    const found = await samples(prometheus)
    expect(found.join('\n')).toContain(`model="${model}",target="${target}"`)
    expect(found).toContain('waybill_config_generation 7')
    expect(found).toContain('waybill_config_reload_failures_total 1')
  })
})

describe('figures that others keep', () => {
  it('are read at each scrape', async () => {
    let queuedRecords = 3
    const prometheus = createPrometheus({
      ...quiet,
      ledger: () => ({ queuedRecords, dropped: 2 }),
      logLinesDropped: () => 5,
      retriesRefused: () => 3,
    })
    await prometheus.metricsText()
    queuedRecords = 4
    expect(await samples(prometheus)).toEqual(
      expect.arrayContaining([
        'waybill_ledger_queued_records 4',
        'waybill_ledger_dropped_total 2',
        'waybill_log_lines_dropped_total 5',
        'waybill_retry_budget_exhausted_total 3',
      ]),
    )
  })

  it('tell how every target stands that may be a label', async () => {
    const fleet = createFleet()
    const nowMs = 1_000
    const broken = failure('server_error', 'broken')
    const failed = { result: 'failure', failure: broken, usage: noUsage, costNanoUsd: 0 } as const
    for (const name of ['google/gemini-2.5-flash', 'openai/made-up']) {
      const target = { ...knownTarget, name }
      for (const _ of [1, 2]) {
        fleet.sent(target, { inputTokens: 10, outputTokens: 5 }, nowMs).ended(failed, nowMs)
      }
      fleet.sent(target, { inputTokens: 10, outputTokens: 5 }, nowMs)
    }
    const limits = { 'x-ratelimit-limit-requests': '10', 'x-ratelimit-remaining-requests': '5' }
    const known = { ...knownTarget, name: 'google/gemini-2.5-flash' }
    fleet.heard(known, { ...limits, 'x-ratelimit-reset-requests': '60s' }, nowMs)
    const figures = { nowMs: () => nowMs, targets: fleet.all }
    const prometheus = createPrometheus({ ...quiet, ...figures })
    report(prometheus, sampleRecord('wb_1'))
    const found = (await samples(prometheus)).filter((line) => line.startsWith('waybill_target_'))
    const label = '{target="google/gemini-2.5-flash"}'
    expect(found.filter((line) => !line.includes('success_rate'))).toEqual([
      `waybill_target_breaker_state${label} 2`,
      `waybill_target_available${label} 0`,
      `waybill_target_slow_share${label} 0`,
      `waybill_target_headroom${label} 0.5`,
      `waybill_target_requests_in_flight${label} 1`,
      `waybill_target_outstanding_tokens${label} 15`,
    ])
    expect(found).toHaveLength(7)
  })

  it('tell how the arms of a traffic split do, and nothing that is not known', async () => {
    const results = { requests: 4, errorRate: 0.25, latencyMs: 1500, costNanoUsd: null }
    const arm = { ...results, arm: 'canary', comparison: null, rolledBack: 'too dear' }
    const arms = () => [{ model: 'fast', report: arm }]
    const prometheus = createPrometheus({ ...quiet, arms })
    prometheus.rolledBack('fast', 'canary')
    const found = (await samples(prometheus)).filter((line) => line.includes('arm="canary"'))
    const label = '{model="fast",arm="canary"}'
    expect(found.sort()).toEqual([
      `waybill_rollbacks_total${label} 1`,
      `waybill_split_error_rate${label} 0.25`,
      `waybill_split_latency_seconds${label} 1.5`,
      `waybill_split_requests${label} 4`,
      `waybill_split_rolled_back${label} 1`,
    ])
  })
})

describe('limits', () => {
  const health = {
    kind: 'redis',
    mode: 'local',
    message: 'Redis does not answer.',
    books: 17,
    replicas: 4,
  } as const

  it('are counted by those of the configuration; of the many set at run time only the scope', async () => {
    const prometheus = createPrometheus(quiet)
    const limits = [aLimit(['user'])]
    prometheus.configured({ generation: 1, aliases: new Map(), targets: new Map(), limits })
    for (const user of ['alice', 'bob']) prometheus.limited(`user:${user} cost/day`, 'admitted')
    prometheus.limited('user requests/minute', 'admitted')
    prometheus.limited('user requests/minute', 'refused')
    prometheus.limited('user requests/minute', 'refused')
    prometheus.limited('Nonsense', 'refused')
    const found = await samples(prometheus)
    expect(found.filter((line) => line.includes('limit_admissions')).sort()).toEqual([
      'waybill_limit_admissions_total{limit="other",result="refused"} 1',
      'waybill_limit_admissions_total{limit="user requests/minute",result="admitted"} 1',
      'waybill_limit_admissions_total{limit="user requests/minute",result="refused"} 2',
      'waybill_limit_admissions_total{limit="user",result="admitted"} 2',
    ])
  })

  it('tell how they are kept, and who waits', async () => {
    const prometheus = createPrometheus(quiet)
    prometheus.watchLimits({ health: () => health, reservations: () => 5, queued: () => 2 })
    const refused = { attempts: [], outcome: 'failure', failureClass: 'rate_limited' } as const
    report(prometheus, sampleRecord('wb_1', { queuedMs: 1500 }))
    report(prometheus, sampleRecord('wb_2', { queuedMs: 30_000, ...refused }))
    report(prometheus, sampleRecord('wb_3', { queuedMs: 10, attempts: [], status: 499 }))
    report(prometheus, sampleRecord('wb_4'))
    expect(await samples(prometheus)).toEqual(
      expect.arrayContaining([
        'waybill_limit_state_exact 0',
        'waybill_limit_replicas 4',
        'waybill_limit_books 17',
        'waybill_limit_reservations 5',
        'waybill_limit_queue_length 2',
        'waybill_limit_queue_seconds_sum{result="admitted"} 1.5',
        'waybill_limit_queue_seconds_count{result="admitted"} 1',
        'waybill_limit_queue_seconds_sum{result="refused"} 30',
        'waybill_limit_queue_seconds_count{result="left"} 1',
      ]),
    )
  })
})

describe('why an attempt was made', () => {
  const target = 'a/one'
  const failed = { target, startedMs: 0, endedMs: 10, firstOutputMs: null }

  it.each([
    ['failover', failed, { ...failed, target: 'b/two', startedMs: 10 }],
    ['retry', failed, { ...failed, startedMs: 12 }],
    ['hedge', failed, { ...failed, target: 'b/two', startedMs: 9 }],
    ['continuation', { ...failed, firstOutputMs: 5 }, { ...failed, startedMs: 11 }],
  ] as const)('%s', (reason, earlier, attempt) => {
    expect(attemptReason([earlier, attempt], 0)).toBe('first')
    expect(attemptReason([earlier, attempt], 1)).toBe(reason)
  })

  it('is counted, and whether a hedge won', async () => {
    const prometheus = createPrometheus(quiet)
    const { target: second } = goodAttempt
    const slow = { ...failedAttempt, failure: null, result: 'cancelled', endedMs: 300 } as const
    report(prometheus, sampleRecord('wb_1', { attempts: [slow, goodAttempt], panic: true }))
    const late = { ...goodAttempt, firstOutputMs: null, result: 'cancelled' } as const
    const first = { ...goodAttempt, startedMs: 1 }
    report(prometheus, sampleRecord('wb_2', { attempts: [first, late] }))
    expect(await samples(prometheus)).toEqual(
      expect.arrayContaining([
        'waybill_attempts_total{target="openai/gpt-4o-mini",reason="first",result="cancelled"} 1',
        `waybill_attempts_total{target="${second}",reason="hedge",result="success"} 1`,
        `waybill_hedges_total{target="${second}",result="won"} 1`,
        `waybill_hedges_total{target="${second}",result="lost"} 1`,
        'waybill_panic_requests_total{model="fast"} 1',
      ]),
    )
  })

  it('does not make names of changes of health', async () => {
    const prometheus = createPrometheus(quiet)
    for (const target of ['openai/made-up', 'openai/invented']) {
      prometheus.healthChanged({ target, to: 'open', because: '', forMs: 1 })
    }
    expect(await samples(prometheus)).toContain(
      'waybill_health_changes_total{target="other",to="open"} 2',
    )
  })
})

describe('docs/reference/metrics.md', () => {
  const page = readFileSync(
    path.resolve(import.meta.dirname, '../../../docs/reference/metrics.md'),
    'utf8',
  )

  it('lists every metric with its type, and no other', async () => {
    const prometheus = createPrometheus(quiet)
    const health = { kind: 'memory', mode: 'exact', message: null, books: 0, replicas: 1 } as const
    prometheus.watchLimits({ health: () => health, reservations: () => 0, queued: () => 0 })
    const text = await prometheus.metricsText()
    const registered = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => {
      return `${name} ${type}`
    })
    const rows = [...page.matchAll(/^\| `([a-z0-9_]+)` +\| (counter|gauge|histogram) +\|.*$/gm)]
    const documented = rows
      .filter(([row]) => process.platform === 'linux' || !row.includes('(Linux)'))
      .map(([, name, type]) => `${name} ${type}`)
    expect(documented.sort()).toEqual(registered.sort())
  })
})
