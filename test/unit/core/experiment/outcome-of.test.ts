import { describe, expect, it } from 'vitest'
import type { AttemptRecord, WaybillRecord } from '../../../../src/core/account/record.ts'
import { outcomeOf as outcomeWith } from '../../../../src/core/experiment/outcome-of.ts'
import type { Assignment } from '../../../../src/core/experiment/split.ts'
import { noUsage } from '../../../../src/core/reply.ts'
import { aSplit } from './splits.ts'

const split = aSplit({ control: 90, canary: 10 })

function inArm(name: string): Assignment {
  const arm = split.arms.find((one) => one.name === name)
  if (arm === undefined) throw new Error(`no arm ${name}`)
  return { split, arm, reason: '' }
}

function attemptAt(target: string, result: AttemptRecord['result'] = 'success'): AttemptRecord {
  return {
    target,
    region: null,
    startedMs: 1,
    headMs: 50,
    firstOutputMs: 60,
    endedMs: 900,
    result,
    failure: null,
    upstreamStatus: 200,
    usage: noUsage,
    usageEstimated: false,
    costNanoUsd: 500,
  }
}

function record(options: Partial<WaybillRecord> = {}): WaybillRecord {
  return {
    id: 'wb_1',
    arrivedAtMs: 0,
    dialect: 'openai',
    operation: 'chat',
    path: '/v1/chat/completions',
    client: null,
    user: null,
    policy: null,
    model: 'assistant',
    resolvedAs: 'alias',
    strategy: 'failover',
    arm: null,
    target: 'canary/m',
    provider: null,
    reason: null,
    estimatedCostNanoUsd: null,
    estimatedLatencyMs: null,
    confidence: null,
    panic: false,
    candidates: [],
    excluded: [],
    attempts: [attemptAt('canary/m')],
    streaming: false,
    translated: false,
    warnings: [],
    status: 200,
    outcome: 'success',
    failureClass: null,
    failureMessage: null,
    usage: noUsage,
    usageEstimated: false,
    costNanoUsd: 500,
    firstOutputMs: 60,
    totalMs: 900,
    overheadMs: 1,
    requestBytes: 10,
    replyBytes: 10,
    metadata: {},
    catalogGeneration: 1,
    limits: [],
    queuedMs: 0,
    ...options,
  }
}

const outcomeOf = (assignment: Assignment, told: WaybillRecord) =>
  outcomeWith(assignment, told, () => false)

describe('what a record says about its arm', () => {
  it('an answer of the arm: how long and how much', () => {
    expect(outcomeOf(inArm('canary'), record())).toEqual({
      failed: false,
      latencyMs: 900,
      costNanoUsd: 500,
    })
  })

  it('a failure that another target made good is one of the arm', () => {
    const rescued = record({
      target: 'control/m',
      attempts: [attemptAt('canary/m', 'failure'), attemptAt('control/m')],
    })
    expect(outcomeOf(inArm('canary'), rescued)).toMatchObject({ failed: true, latencyMs: null })
  })

  it('a hedge that another target won is no failure, and its time counts', () => {
    const hedged = record({
      target: 'control/m',
      attempts: [attemptAt('canary/m', 'cancelled'), attemptAt('control/m')],
    })
    expect(outcomeOf(inArm('canary'), hedged)).toMatchObject({ failed: false, latencyMs: 900 })
  })

  it('a failed request is a failure, whoever is to blame', () => {
    const refused = record({ outcome: 'failure', failureClass: 'invalid_request', status: 400 })
    expect(outcomeOf(inArm('canary'), refused)).toMatchObject({ failed: true })
  })

  it('nothing where no target of the arm was asked, or the client left', () => {
    expect(outcomeOf(inArm('control'), record())).toBeNull()
    expect(outcomeOf(inArm('canary'), record({ attempts: [], target: null }))).toBeNull()
    expect(outcomeOf(inArm('canary'), record({ outcome: 'cancelled', status: 499 }))).toBeNull()
  })

  it('a failure where others served because every target of the arm is broken', () => {
    const served = record({ target: 'control/m', attempts: [attemptAt('control/m')] })
    const broken = (name: string) =>
      outcomeWith(inArm('canary'), served, (one) => one.name === name)
    expect(broken('canary/m')).toEqual({ failed: true, latencyMs: null, costNanoUsd: null })
    expect(broken('control/m')).toBeNull()
  })
})
