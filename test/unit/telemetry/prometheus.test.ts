import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPrometheus } from '../../../src/adapters/telemetry/prometheus.ts'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { unknownCapabilities } from '../../../src/core/needs.ts'
import { sampleRecord } from '../../conformance/ledger/sample-record.ts'

const quiet = { ledger: () => ({ queuedRecords: 0, dropped: 0 }), logLinesDropped: () => 0 }

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
        'waybill_attempts_total{target="openai/gpt-4o-mini",result="failure"} 1',
        `waybill_attempts_total{${answered}} 1`,
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
      targets: new Map([
        [
          'openai/gpt-5',
          {
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
          },
        ],
      ]),
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
      ledger: () => ({ queuedRecords, dropped: 2 }),
      logLinesDropped: () => 5,
    })
    await prometheus.metricsText()
    queuedRecords = 4
    expect(await samples(prometheus)).toEqual(
      expect.arrayContaining([
        'waybill_ledger_queued_records 4',
        'waybill_ledger_dropped_total 2',
        'waybill_log_lines_dropped_total 5',
      ]),
    )
  })
})

describe('docs/reference/metrics.md', () => {
  const page = readFileSync(
    path.resolve(import.meta.dirname, '../../../docs/reference/metrics.md'),
    'utf8',
  )

  it('lists every metric with its type, and no other', async () => {
    const text = await createPrometheus(quiet).metricsText()
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
