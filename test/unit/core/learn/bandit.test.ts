import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../../src/core/json.ts'
import { createBandit } from '../../../../src/core/learn/bandit.ts'
import { banditSnapshot, restoredBandit } from '../../../../src/core/learn/bandit-snapshot.ts'
import { dimension, featuresOf } from '../../../../src/core/learn/features.ts'
import { asking, choicesOf, figures, lesson, settingsWith, taught, winner } from './lessons-made.ts'

const two = choicesOf(['a/m', 'b/m'])
const any = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1e300, 1e300, -1, 0),
)

describe('judging', () => {
  it('is the same for the same state, request and seed', () => {
    const bandit = taught({ 'a/m': 0.7, 'b/m': 0.8 }, 30)
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.double({ min: 0, max: 1 }), (text, seed, share) => {
        const settings = settingsWith({ exploration: share })
        const judged = () => figures(bandit.judge(asking(text), two, settings, seed))
        expect(judged()).toEqual(judged())
      }),
    )
  })

  it('prefers what was better, and does not depend on the order of the choices', () => {
    const bandit = taught({ 'a/m': 0.4, 'b/m': 0.9 }, 30)
    const settings = settingsWith({ exploration: 0 })
    expect(winner(bandit.judge(asking('What is it?'), two, settings, 1))).toBe(1)
    expect(winner(bandit.judge(asking('What is it?'), two.toReversed(), settings, 1))).toBe(0)
  })

  it('learns for which requests a target is good', () => {
    const bandit = createBandit()
    for (let turn = 0; turn < 200; turn++) {
      const code = featuresOf(asking(`def f${turn}(x): return x  # fix this function`))
      const prose = featuresOf(asking(`Tell me a story about a king and his ${turn} sons`))
      bandit.study(code, lesson('a/m', 0.9))
      bandit.study(code, lesson('b/m', 0.6))
      bandit.study(prose, lesson('a/m', 0.6))
      bandit.study(prose, lesson('b/m', 0.9))
    }
    const settings = settingsWith({ exploration: 0 })
    const first = (text: string) => winner(bandit.judge(asking(text), two, settings, 1))
    expect(first('def g(y): return y + 1  # fix this function')).toBe(0)
    expect(first('Tell me a story about a queen')).toBe(1)
  })

  it('always sends the same prompt to the same target where nothing is explored', () => {
    const bandit = taught({ 'a/m': 0.8, 'b/m': 0.8 }, 3)
    const settings = settingsWith({ exploration: 0 })
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.integer(), (text, one, other) => {
        const judged = (seed: number) => figures(bandit.judge(asking(text), two, settings, seed))
        expect(judged(one)).toEqual(judged(other))
      }),
    )
  })

  it('explores the share it was given, no more', () => {
    const bandit = taught({ 'a/m': 0.5, 'b/m': 0.9 }, 50)
    const settings = settingsWith({ exploration: 0.1 })
    const draws = 20_000
    let explored = 0
    for (let seed = 0; seed < draws; seed++) {
      const judgements = bandit.judge(asking('What?'), two, settings, seed)
      if (judgements.some(({ standing }) => standing === 'trial')) explored++
    }
    // Five standard deviations of a binomial.
    const deviation = Math.sqrt(draws * 0.1 * 0.9)
    expect(Math.abs(explored - draws * 0.1)).toBeLessThan(5 * deviation)
  })

  it('begins with all targets in even shares', () => {
    const bandit = createBandit()
    const settings = settingsWith({ minimumSamples: 8 })
    const four = choicesOf(['a/m', 'b/m', 'c/m', 'd/m'])
    for (let turn = 0; turn < 32; turn++) {
      const request = asking(`turn ${turn}`)
      const { target = '' } = four[winner(bandit.judge(request, four, settings, turn))] ?? {}
      bandit.learn(featuresOf(request), [lesson(target, 0.5)], { settings, choices: [] })
    }
    expect([...bandit.state.arms.values()].map(({ samples }) => samples)).toEqual([8, 8, 8, 8])
  })

  it('lets nothing win before it has its minimum of samples', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer(), (minimumSamples, seed) => {
        const bandit = taught({ 'a/m': 0.3 }, 40)
        for (let turn = 1; turn < minimumSamples; turn++) {
          bandit.study(featuresOf(asking(`turn ${turn}`)), lesson('b/m', 1))
        }
        const settings = settingsWith({ minimumSamples, exploration: 0 })
        const judgements = bandit.judge(asking('What?'), two, settings, seed)
        expect(judgements[1]?.standing).toBe('unproven')
        expect(winner(judgements)).toBe(0)
        bandit.study(featuresOf(asking('the last')), lesson('b/m', 1))
        expect(bandit.judge(asking('What?'), two, settings, seed)[1]?.standing).toBe('proven')
      }),
      { numRuns: 20 },
    )
  })

  it('stays with the target that serves until another is better by the hysteresis', () => {
    const bandit = taught({ 'a/m': 0.8, 'b/m': 0.83 }, 100)
    const serve = (settings: ReturnType<typeof settingsWith>) =>
      bandit.learn(featuresOf(asking('now')), [lesson('a/m', 0.8)], { settings, choices: [] })
    serve(settingsWith())
    const first = (hysteresis: number) =>
      winner(bandit.judge(asking('What?'), two, settingsWith({ exploration: 0, hysteresis }), 1))
    expect(first(0.1)).toBe(0)
    expect(first(0)).toBe(1)
  })
})

describe('learning', () => {
  it('is never poisoned: whatever it is told, it goes on judging in sane figures', () => {
    const lessons = fc.array(
      fc.record({
        target: fc.constantFrom('a/m', 'b/m'),
        reward: fc.option(any),
        costNanoUsd: fc.option(any),
        weight: any,
      }),
      { minLength: 1, maxLength: 40 },
    )
    const features = fc.array(any, { minLength: dimension, maxLength: dimension })
    fc.assert(
      fc.property(lessons, features, any, fc.boolean(), (told, broken, score, paid) => {
        const bandit = createBandit()
        const settings = settingsWith({ budgetNanoUsdPerRequest: paid ? 500 : null })
        const terms = { settings, choices: ['a/m', 'b/m'] }
        for (const [turn, one] of told.entries()) {
          const learned = bandit.learn(featuresOf(asking(`turn ${turn}`)), [one], terms)
          bandit.learn(Float64Array.from(broken), [one], terms)
          if (learned !== null) bandit.correct(featuresOf(asking(`turn ${turn}`)), learned, score)
        }
        const judged = bandit.judge(asking('What?'), choicesOf(['a/m', 'b/m', 'c/m']), settings, 1)
        for (const judgement of judged) {
          const { reward, score, key, costNanoUsd } = judgement
          expect(reward >= 0 && reward <= 1).toBe(true)
          for (const value of [judgement.error(), score, key, costNanoUsd ?? 0]) {
            expect(Number.isFinite(value)).toBe(true)
          }
        }
        const kept = JSON.stringify(banditSnapshot(bandit.state))
        expect(kept).not.toContain('null')
        expect(restoredBandit(parseJson(kept))).not.toBeNull()
      }),
      { numRuns: 60 },
    )
  })

  it('takes a late score in place of what was learned first', () => {
    const bandit = createBandit()
    const other = createBandit()
    for (let turn = 0; turn < 30; turn++) {
      const features = featuresOf(asking(`turn ${turn}`))
      const learned = bandit.study(features, lesson('a/m', 0.9))
      if (learned !== null) bandit.correct(features, learned, 0.2)
      other.study(features, lesson('a/m', 0.2))
    }
    const settings = settingsWith({ exploration: 0 })
    const rewardOf = (one: typeof bandit) =>
      one.judge(asking('What?'), choicesOf(['a/m']), settings, 1)[0]?.reward ?? Number.NaN
    expect(rewardOf(bandit)).toBeCloseTo(rewardOf(other), 1)
    expect(rewardOf(bandit)).toBeLessThan(0.4)
  })

  it('forgets: what a target became counts more than what it was', () => {
    const bandit = taught({ 'a/m': 0.9 }, 1_500)
    for (let turn = 0; turn < 3_000; turn++) {
      bandit.study(featuresOf(asking(`later, turn ${turn}`)), lesson('a/m', 0.2))
    }
    const settings = settingsWith({ exploration: 0 })
    const [judged] = bandit.judge(asking('later, turn 7'), choicesOf(['a/m']), settings, 1)
    expect(judged?.reward).toBeLessThan(0.35)
  })

  it('remembers a bounded number of targets', () => {
    const bandit = createBandit()
    const features = featuresOf(asking('What?'))
    for (let target = 0; target < 100; target++) bandit.study(features, lesson(`p${target}/m`, 1))
    expect(bandit.state.arms.size).toBe(64)
    expect(bandit.state.arms.has('p99/m')).toBe(true)
  })
})

describe('a snapshot', () => {
  it('goes on where it stopped', () => {
    const bandit = taught({ 'a/m': 0.4, 'b/m': 0.9 }, 60)
    const settings = settingsWith({ budgetNanoUsdPerRequest: 2_000 })
    const terms = { settings, choices: ['a/m', 'b/m'] }
    for (let turn = 0; turn < 20; turn++) {
      bandit.learn(featuresOf(asking(`turn ${turn}`)), [lesson('b/m', 0.9, 900)], terms)
    }
    const kept = parseJson(JSON.stringify(banditSnapshot(bandit.state)))
    const state = restoredBandit(kept)
    expect(state?.pacer).toEqual(bandit.state.pacer)
    const again = createBandit(state ?? undefined)
    const before = bandit.judge(asking('What?'), two, settings, 1)
    for (const [index, judged] of again.judge(asking('What?'), two, settings, 1).entries()) {
      expect(judged.standing).toBe(before[index]?.standing)
      expect(judged.samples).toBe(before[index]?.samples)
      expect(judged.score).toBeCloseTo(before[index]?.score ?? Number.NaN, 1)
    }
  })

  it('stays small', () => {
    const bandit = taught({ 'a/m': 0.4, 'b/m': 0.9 }, 100)
    const kilobytes = JSON.stringify(banditSnapshot(bandit.state)).length / 1024
    expect(kilobytes / (bandit.state.arms.size + 1)).toBeLessThan(24)
  })

  it('is refused where it is damaged or of another kind', () => {
    const kept = banditSnapshot(taught({ 'a/m': 0.4 }, 10).state)
    expect(restoredBandit({ ...kept, version: 0 })).toBeNull()
    expect(restoredBandit({ ...kept, dimension: 3 })).toBeNull()
    expect(restoredBandit({ ...kept, shared: null })).toBeNull()
    expect(restoredBandit(undefined)).toBeNull()
    expect(restoredBandit({ ...kept, arms: { 'a/m': { samples: 'many' } } })?.arms.size).toBe(0)
  })
})
