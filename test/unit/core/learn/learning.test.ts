import { describe, expect, it } from 'vitest'
import type {
  AttemptRecord,
  CandidateRecord,
  WaybillRecord,
} from '../../../../src/core/account/record.ts'
import { failure } from '../../../../src/core/failure.ts'
import { parseJson } from '../../../../src/core/json.ts'
import { createDecisions } from '../../../../src/core/learn/decisions.ts'
import { createLearning, type Learning } from '../../../../src/core/learn/learning.ts'
import { lessonsOf, rewardOf } from '../../../../src/core/learn/lessons.ts'
import { noUsage } from '../../../../src/core/reply.ts'
import { asking, choicesOf, settingsWith, winner } from './lessons-made.ts'

const under = { alias: 'smart', settings: settingsWith({ exploration: 0 }) }
const usual = { totalMs: 1_000, costNanoUsd: 500, ratedShare: 0 }

function attempt(own: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    target: 'a/m',
    region: null,
    startedMs: 0,
    headMs: 10,
    firstOutputMs: 20,
    endedMs: 1_000,
    result: 'success',
    failure: null,
    upstreamStatus: 200,
    usage: noUsage,
    usageEstimated: false,
    costNanoUsd: 500,
    ...own,
  }
}

function candidate({ target }: AttemptRecord): CandidateRecord {
  const unknown = { score: null, scores: {}, estimatedCostNanoUsd: null, estimatedLatencyMs: null }
  return { target, ...unknown, breaker: 'closed' }
}

function record(id: string, attempts: readonly AttemptRecord[]): WaybillRecord {
  const last = attempts.at(-1)
  return {
    id,
    arrivedAtMs: 0,
    dialect: 'openai',
    operation: 'chat',
    path: '/v1/chat/completions',
    client: 'web',
    user: null,
    policy: 'default',
    model: 'smart',
    resolvedAs: 'alias',
    strategy: 'adaptive',
    arm: null,
    target: last?.target ?? null,
    provider: null,
    reason: null,
    estimatedCostNanoUsd: null,
    estimatedLatencyMs: null,
    confidence: null,
    panic: false,
    candidates: attempts.map(candidate),
    excluded: [],
    attempts,
    streaming: false,
    translated: false,
    warnings: [],
    status: 200,
    outcome: last?.result ?? 'failure',
    failureClass: null,
    failureMessage: null,
    usage: noUsage,
    usageEstimated: false,
    costNanoUsd: 500,
    firstOutputMs: 20,
    totalMs: 1_000,
    overheadMs: 1,
    requestBytes: 10,
    replyBytes: 10,
    metadata: {},
    catalogGeneration: 1,
    limits: [],
    queuedMs: 0,
  }
}

const broken = failure('server_error', 'It broke.')
const refused = failure('invalid_request', 'No such field.')

describe('lessonsOf', () => {
  it('teaches of every attempt what it says of its target', () => {
    const lessons = lessonsOf(
      record('wb_1', [
        attempt({ target: 'a/m', result: 'failure', failure: broken, costNanoUsd: 0 }),
        attempt({ target: 'b/m', result: 'cancelled', costNanoUsd: 70 }),
        attempt({ target: 'c/m', result: 'failure', failure: refused, costNanoUsd: null }),
        attempt({ target: 'd/m' }),
      ]),
      usual,
    )
    expect(lessons.map(({ target, reward }) => [target, reward])).toEqual([
      ['a/m', 0],
      ['b/m', null],
      ['c/m', null],
      ['d/m', expect.closeTo(0.8)],
    ])
    expect(lessons.map(({ costNanoUsd }) => costNanoUsd)).toEqual([0, 70, null, 500])
  })

  it('ends with the target that answered, also where a hedge was sent later', () => {
    const attempts = [attempt(), attempt({ target: 'b/m', result: 'cancelled' })]
    expect(lessonsOf(record('wb_1', attempts), usual).at(-1)?.target).toBe('a/m')
  })

  it('rewards what is quick and cheap', () => {
    const usually = rewardOf(attempt(), usual)
    expect(rewardOf(attempt({ endedMs: 100 }), usual)).toBeGreaterThan(usually)
    expect(rewardOf(attempt({ costNanoUsd: 5_000 }), usual)).toBeLessThan(usually)
    expect(rewardOf(attempt({ endedMs: 1e9, costNanoUsd: 1e12 }), usual)).toBeGreaterThan(0.59)
    expect(rewardOf(attempt({ endedMs: 0, costNanoUsd: 0 }), usual)).toBeCloseTo(1)
  })

  it('leaves it to the clients where they rate replies', () => {
    const rated = { ...usual, ratedShare: 0.25 }
    expect(lessonsOf(record('wb_1', [attempt()]), rated)[0]).toMatchObject({ reward: null })
    const failed = attempt({ result: 'failure', failure: broken })
    expect(lessonsOf(record('wb_1', [failed]), rated)[0]).toMatchObject({ reward: 0, weight: 0.25 })
  })
})

function rewardsIn(learning: Learning) {
  const judged = learning
    .learnerOf('smart')
    .judge(asking('What is it?'), choicesOf(['a/m', 'b/m']), under.settings, 1)
  return judged.map(({ reward }) => reward)
}

describe('Learning', () => {
  it('learns from requests, and again from what their client says of them', () => {
    const learning = createLearning()
    for (let turn = 0; turn < 60; turn++) {
      const target = turn % 2 === 0 ? 'a/m' : 'b/m'
      const request = asking(`What is number ${turn}?`)
      learning.finished(request, record(`wb_${turn}`, [attempt({ target })]), under, turn)
      const rating = { id: `wb_${turn}`, client: 'web', score: target === 'a/m' ? 0.1 : 1 }
      expect(learning.rate(rating, turn)).toBe(true)
    }
    const [a = 1, b = 0] = rewardsIn(learning)
    expect(a).toBeLessThan(0.3)
    expect(b).toBeGreaterThan(0.8)
  })

  it('does not listen to ratings alone because of a single one', () => {
    const learning = createLearning()
    const three = ['a/m', 'b/m', 'c/m']
    const settings = settingsWith({ exploration: 0.05 })
    const served = new Map<string, number>()
    for (let turn = 0; turn < 400; turn++) {
      const request = asking(`turn ${turn}`)
      const judged = learning.learnerOf('smart').judge(request, choicesOf(three), settings, turn)
      const target = three[winner(judged)] ?? ''
      served.set(target, (served.get(target) ?? 0) + 1)
      const done = record(`wb_${turn}`, [attempt({ target })])
      learning.finished(request, done, { alias: 'smart', settings }, turn)
      if (turn === 0) learning.rate({ id: 'wb_0', client: 'web', score: 0.5 }, turn)
    }
    for (const target of three) expect(served.get(target)).toBeGreaterThan(9)
  })

  it('takes a second score for a correction of the first', () => {
    const learning = createLearning()
    for (let turn = 0; turn < 40; turn++) {
      learning.finished(asking(`turn ${turn}`), record(`wb_${turn}`, [attempt()]), under, 0)
      for (const score of [0, 1]) learning.rate({ id: `wb_${turn}`, client: 'web', score }, 0)
    }
    expect(rewardsIn(learning)[0]).toBeGreaterThan(0.85)
  })

  it('takes no score of others, of unknown requests, of failed ones, or after an hour', () => {
    const learning = createLearning()
    learning.finished(asking('What?'), record('wb_1', [attempt()]), under, 1_000)
    const failed = attempt({ result: 'failure', failure: broken })
    learning.finished(asking('What?'), record('wb_2', [failed]), under, 1_000)
    const rate = (id: string, client: string | null, nowMs: number) =>
      learning.rate({ id, client, score: 1 }, nowMs)
    expect(rate('wb_1', 'other', 2_000)).toBe(false)
    expect(rate('wb_1', null, 2_000)).toBe(false)
    expect(rate('wb_2', 'web', 2_000)).toBe(false)
    expect(rate('wb_3', 'web', 2_000)).toBe(false)
    expect(rate('wb_1', 'web', 3_602_000)).toBe(false)
    expect(rate('wb_1', 'web', 3_600_000)).toBe(true)
  })

  it('survives a restart', () => {
    const learning = createLearning()
    for (let turn = 0; turn < 40; turn++) {
      const request = asking(`What is number ${turn}?`)
      const target = turn % 2 === 0 ? 'a/m' : 'b/m'
      const endedMs = turn % 2 === 0 ? 4_000 : 500
      const answered = record(`wb_${turn}`, [attempt({ target, endedMs })])
      learning.finished(request, answered, under, turn)
    }
    const again = createLearning()
    const kept = parseJson(JSON.stringify(learning.snapshot()))
    again.restore(kept ?? null)
    const before = rewardsIn(learning)
    for (const [index, reward] of rewardsIn(again).entries()) {
      expect(reward).toBeCloseTo(before[index] ?? Number.NaN, 1)
    }
  })

  it('starts afresh from a snapshot that is none', () => {
    for (const kept of [null, 3, [], { aliases: { smart: { bandit: { version: 99 } } } }]) {
      const learning = createLearning()
      learning.restore(kept)
      expect(rewardsIn(learning)).toEqual(rewardsIn(createLearning()))
    }
  })
})

describe('createDecisions', () => {
  const learned = { target: 'a/m', reward: 1, weight: 1, rated: true }
  const decision = (atMs: number) => ({
    alias: 'smart',
    client: 'web',
    features: new Float64Array(0),
    learned,
    rated: false,
    atMs,
  })

  it('keeps the latest, up to its limit', () => {
    const decisions = createDecisions(3)
    for (let id = 0; id < 5; id++) decisions.remember(`wb_${id}`, decision(id))
    expect(decisions.find('wb_1', 5)).toBeNull()
    expect(decisions.find('wb_2', 5)).not.toBeNull()
  })
})
