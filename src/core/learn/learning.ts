import type { WaybillRecord } from '../account/record.ts'
import type { AdaptiveSettings } from '../catalog.ts'
import { isObject, type JsonObject, type JsonValue, numberAt, objectAt } from '../json.ts'
import type { Request } from '../request.ts'
import { type Bandit, createBandit } from './bandit.ts'
import { banditSnapshot, restoredBandit } from './bandit-snapshot.ts'
import { createDecisions } from './decisions.ts'
import { featuresOf } from './features.ts'
import type { Learner } from './learner.ts'
import { lessonsOf, type Usual } from './lessons.ts'

/** What is learned of all aliases whose strategy is `adaptive`. */
export interface Learning {
  /** What decides for an alias. The same one every time. */
  learnerOf(alias: string): Learner
  /** After a request that `adaptive` decided, however it ended. `nowMs` is monotonic. */
  finished(request: Request, record: WaybillRecord, under: DecidedUnder, nowMs: number): void
  /** A client's score, 0 to 1; false where nothing is remembered of that request of that client. */
  rate(rating: Rating, nowMs: number): boolean
  /** Counts what was learned: equal figures, equal knowledge. */
  lessons(): number
  /** Everything learned, as JSON: about 14 KB for each target of each alias. */
  snapshot(): JsonObject
  /** Goes on from a snapshot. What is damaged or of another version is left out. */
  restore(snapshot: JsonValue): void
}

export interface DecidedUnder {
  readonly alias: string
  readonly settings: AdaptiveSettings
}

export interface Rating {
  readonly id: string
  readonly client: string | null
  /** 0 to 1. */
  readonly score: number
}

interface Course {
  readonly bandit: Bandit
  /** Logarithms of what requests take and cost, as means that forget. */
  logMs: number | null
  logCost: number | null
  /** Share of requests that clients rate, faded. */
  ratedShare: number
}

/** A configuration has fewer; the one that was used first makes room. */
const mostAliases = 256
const forgetting = 0.01
const ratedForgetting = 0.001

export function createLearning(): Learning {
  const courses = new Map<string, Course>()
  const decisions = createDecisions()
  let learnt = 0

  const courseOf = (alias: string): Course => {
    const known = courses.get(alias)
    if (known !== undefined) return known
    const [first] = courses.keys()
    if (courses.size >= mostAliases && first !== undefined) courses.delete(first)
    const course = newCourse(createBandit())
    courses.set(alias, course)
    return course
  }

  return {
    learnerOf: (alias) => courseOf(alias).bandit,
    finished(request, record, { alias, settings }, nowMs) {
      learnt++
      const course = courseOf(alias)
      const features = featuresOf(request)
      const lessons = lessonsOf(record, usualOf(course))
      const choices = record.candidates.map(({ target }) => target)
      const learned = course.bandit.learn(features, lessons, { settings, choices })
      noteUsual(course, record)
      if (learned === null || record.outcome !== 'success') return
      const { id, client } = record
      decisions.remember(id, { alias, client, features, learned, rated: false, atMs: nowMs })
    },
    rate({ id, client, score }, nowMs) {
      const decision = decisions.find(id, nowMs)
      if (decision === null || decision.client !== client) return false
      learnt++
      const course = courseOf(decision.alias)
      const learned = course.bandit.correct(decision.features, decision.learned, score)
      // A second score of the same reply replaces the first.
      decisions.remember(id, { ...decision, learned, rated: true })
      if (!decision.rated) course.ratedShare = Math.min(1, course.ratedShare + ratedForgetting)
      return true
    },
    lessons: () => learnt,
    snapshot: () => ({ aliases: Object.fromEntries([...courses].map(snapshotOf)) }),
    restore(snapshot) {
      for (const [alias, kept] of Object.entries(objectAt(snapshot, 'aliases') ?? {})) {
        const state = isObject(kept) ? restoredBandit(kept['bandit']) : null
        if (state === null || courses.size >= mostAliases) continue
        courses.set(alias, {
          bandit: createBandit(state),
          logMs: numberAt(kept, 'logMs'),
          logCost: numberAt(kept, 'logCost'),
          ratedShare: Math.max(0, Math.min(1, numberAt(kept, 'ratedShare') ?? 0)),
        })
      }
    },
  }
}

function newCourse(bandit: Bandit): Course {
  return { bandit, logMs: null, logCost: null, ratedShare: 0 }
}

function snapshotOf([alias, course]: [string, Course]): [string, JsonObject] {
  const { bandit, logMs, logCost, ratedShare } = course
  return [alias, { bandit: banditSnapshot(bandit.state), logMs, logCost, ratedShare }]
}

function usualOf({ logMs, logCost, ratedShare }: Course): Usual {
  return {
    totalMs: logMs === null ? null : Math.exp(logMs),
    costNanoUsd: logCost === null ? null : Math.exp(logCost),
    ratedShare,
  }
}

/** Means of logarithms, because a single reply may take a hundred times as long as the usual one. */
function noteUsual(course: Course, record: WaybillRecord): void {
  course.ratedShare *= 1 - ratedForgetting
  if (record.outcome !== 'success') return
  course.logMs = blended(course.logMs, record.totalMs)
  if (record.costNanoUsd !== null) course.logCost = blended(course.logCost, record.costNanoUsd)
}

function blended(mean: number | null, value: number): number | null {
  if (!Number.isFinite(value)) return mean
  const log = Math.log(Math.max(1, value))
  return mean === null ? log : mean + forgetting * (log - mean)
}
