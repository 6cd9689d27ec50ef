import { Counter, Gauge, type Registry } from 'prom-client'
import { TalliedHistogram } from './tallied-histogram.ts'

/** Seconds, doubling: those of the OpenTelemetry conventions for generative AI. */
const latencyBuckets = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power)
/** Seconds, doubling from a tenth of a millisecond: what a gateway itself should cost. */
const overheadBuckets = Array.from({ length: 14 }, (_, power) => 0.0001 * 2 ** power)

/** Every metric of ours; docs/reference/metrics.md explains each, and a test compares the two. */
export function defineMetrics(registry: Registry) {
  const registers = [registry]
  return {
    ...requestMetrics(registers),
    ...attemptMetrics(registers),
    ...decisionMetrics(registers),
    ...limitMetrics(registers),
    ...configurationMetrics(registers),
  }
}

function requestMetrics(registers: Registry[]) {
  return {
    inFlight: new Gauge({
      name: 'waybill_requests_in_flight',
      help: 'Requests that have arrived and not ended.',
      registers,
    }),
    requests: new Counter({
      name: 'waybill_requests_total',
      help: 'Requests that ended, by the class of the status the client got.',
      labelNames: ['model', 'target', 'status', 'outcome'],
      registers,
    }),
    duration: new TalliedHistogram({
      name: 'waybill_request_duration_seconds',
      help: 'From arrival to the end of the reply.',
      labelNames: ['model', 'target', 'outcome'],
      buckets: latencyBuckets,
      registers,
    }),
    firstToken: new TalliedHistogram({
      name: 'waybill_first_token_seconds',
      help: 'From arrival to the first real output, all attempts included.',
      labelNames: ['model', 'target'],
      buckets: latencyBuckets,
      registers,
    }),
    overhead: new TalliedHistogram({
      name: 'waybill_overhead_seconds',
      help: 'Time spent in Waybill until the first attempt was sent.',
      buckets: overheadBuckets,
      registers,
    }),
  }
}

function attemptMetrics(registers: Registry[]) {
  return {
    attempts: new Counter({
      name: 'waybill_attempts_total',
      help: 'Attempts at a target, by why they were made.',
      labelNames: ['target', 'reason', 'result'],
      registers,
    }),
    attemptDuration: new TalliedHistogram({
      name: 'waybill_upstream_attempt_duration_seconds',
      help: 'From the start of an attempt to its end.',
      labelNames: ['target', 'result'],
      buckets: latencyBuckets,
      registers,
    }),
    failures: new Counter({
      name: 'waybill_failures_total',
      help: 'Failures of attempts, also those a fallback made good, and of requests themselves.',
      labelNames: ['class', 'target'],
      registers,
    }),
    tokens: new Counter({
      name: 'waybill_tokens_total',
      help: 'Tokens that providers bill, over all attempts.',
      labelNames: ['kind', 'model', 'target'],
      registers,
    }),
    cost: new Counter({
      name: 'waybill_cost_usd_total',
      help: 'What providers bill, over all attempts with a known price, in US dollars.',
      labelNames: ['model', 'target'],
      registers,
    }),
    unpriced: new Counter({
      name: 'waybill_unpriced_attempts_total',
      help: 'Attempts whose price is not known: missing from waybill_cost_usd_total.',
      labelNames: ['target'],
      registers,
    }),
  }
}

function decisionMetrics(registers: Registry[]) {
  return {
    hedges: new Counter({
      name: 'waybill_hedges_total',
      help: 'Second attempts beside a silent one, by whether they were the first to show output.',
      labelNames: ['target', 'result'],
      registers,
    }),
    panics: new Counter({
      name: 'waybill_panic_requests_total',
      help: 'Requests for which every target looked dead, and was tried all the same.',
      labelNames: ['model'],
      registers,
    }),
    healthChanges: new Counter({
      name: 'waybill_health_changes_total',
      help: 'Breakers that opened or closed, and cooldowns that began.',
      labelNames: ['target', 'to'],
      registers,
    }),
    rollbacks: new Counter({
      name: 'waybill_rollbacks_total',
      help: 'Arms of traffic splits that were taken out for being worse than the control.',
      labelNames: ['model', 'arm'],
      registers,
    }),
  }
}

function limitMetrics(registers: Registry[]) {
  return {
    queued: new TalliedHistogram({
      name: 'waybill_limit_queue_seconds',
      help: 'How long requests waited for room in a limit, by what came of it.',
      labelNames: ['result'],
      buckets: latencyBuckets,
      registers,
    }),
  }
}

function configurationMetrics(registers: Registry[]) {
  return {
    generation: new Gauge({
      name: 'waybill_config_generation',
      help: 'Counts up with each configuration put in force.',
      registers,
    }),
    reloadFailures: new Counter({
      name: 'waybill_config_reload_failures_total',
      help: 'Changed configurations that were refused; the one before stayed in force.',
      registers,
    }),
  }
}

export type Metrics = ReturnType<typeof defineMetrics>
