import type { MessagePort } from 'node:worker_threads'
import { errorMessage, isBusy } from '../system-error.ts'
import { createLimitAnswers } from './answer-limits.ts'
import { createIngest, type Ingest } from './ingest.ts'
import type { LimitQuestion } from './limit-messages.ts'
import type { Answer, FromWorker, LedgerWorkerOptions, Question, ToWorker } from './messages.ts'
import { createTroubleWatch } from './trouble.ts'
import { createTurns } from './turns.ts'

/** Records wait this long for company: one transaction for many is far cheaper. */
const GATHER_MS = 250
const RETRY_MS = 250
const LEFTOVERS_EVERY_MS = 30_000
/** One part work, this many parts rest: 5 % of a core stores about a thousand records a second. */
const REST_PER_WORK = 19
const MOST_REST_MS = 1_000

/** Runs the worker's side of the ledger: moves journals into the database and answers questions. */
export function serveLedger(port: MessagePort, options: LedgerWorkerOptions): void {
  const report = (message: FromWorker) => port.postMessage(message)
  const ingest = createIngest(options, report)
  const trouble = createTroubleWatch(options, (message) => report({ type: 'trouble', message }))
  const answerLimits = createLimitAnswers(() => ingest.database().limits, report)
  const turns = createTurns(work)
  let flushes: { number: number; close: boolean }[] = []

  /** One batch per turn, so that questions are answered in between. */
  function work(): void {
    const beganMs = performance.now()
    try {
      if (ingest.step()) turns.schedule(rest(performance.now() - beganMs))
      else caughtUp()
    } catch (error) {
      trouble.failed(error)
      // After an input or output error the connection itself may be beyond use.
      if (!isBusy(error)) ingest.reset()
      if (trouble.told()) refuseClose(error)
      turns.schedule(RETRY_MS)
    }
  }

  /**
   * Records are safe where they are, so a burst of requests keeps the processor to itself: the worker
   * rests most of the time, until somebody waits for it or the journal grows long.
   */
  function rest(workedMs: number): number {
    if (flushes.length > 0 || ingest.farBehind()) return 0
    return Math.min(workedMs * REST_PER_WORK, MOST_REST_MS)
  }

  function caughtUp(): void {
    trouble.over()
    report({ type: 'idle' })
    answerFlushes()
  }

  function answerFlushes(): void {
    const answered = flushes
    flushes = []
    for (const { number, close } of answered) {
      if (close) ingest.close()
      report({ type: 'answer', number, answer: { kind: 'done' } })
    }
  }

  /**
   * The end of the process does not wait for a database that is beyond reach: the journal stays.
   */
  function refuseClose(error: unknown): void {
    const closing = flushes.find(({ close }) => close)
    if (closing === undefined) return
    ingest.close()
    refuse(closing.number, error)
  }

  function refuse(number: number, error: unknown): void {
    report({ type: 'refused', number, message: errorMessage(error), passing: isBusy(error) })
  }

  function answer(number: number, question: Question): void {
    if (question.kind === 'flush' || question.kind === 'close') {
      if (question.kind === 'close') ingest.end()
      flushes.push({ number, close: question.kind === 'close' })
      turns.schedule(0)
      return
    }
    try {
      const answer = isRead(question)
        ? read(ingest, trouble.failing(), question)
        : answerLimits(question)
      report({ type: 'answer', number, answer })
    } catch (error) {
      if (!isBusy(error)) ingest.reset()
      refuse(number, error)
    }
  }

  port.on('message', (message: ToWorker) => {
    if (message.type === 'wake') turns.schedule(GATHER_MS)
    else answer(message.number, message.question)
  })
  setInterval(() => {
    ingest.lookForLeftovers()
    turns.schedule(0)
  }, LEFTOVERS_EVERY_MS)
  turns.schedule(0)
}

type Read = Extract<Question, { kind: 'read' | 'recent' }>

function isRead(question: Read | LimitQuestion): question is Read {
  return question.kind === 'read' || question.kind === 'recent'
}

function read(ingest: Ingest, failing: boolean, question: Read): Answer {
  if (!failing) takeIn(ingest)
  const database = ingest.database()
  if (question.kind === 'recent') {
    return { kind: 'records', records: database.recent(question.limit) }
  }
  const record = database.read(question.id)
  return { kind: 'records', records: record === null ? [] : [record] }
}

/** What was appended before a question belongs into its answer. */
function takeIn(ingest: Ingest): void {
  try {
    while (ingest.step());
  } catch {
    // The next turn meets the same failure and reports it; reading may work nonetheless.
  }
}
