import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { AskAgain } from './ask-again.ts'
import type { Answer, FromWorker, LedgerWorkerOptions, Question, ToWorker } from './messages.ts'
import { createOpenQuestions } from './open-questions.ts'

const RESTART_MS = 1000
const closed = 'the ledger is closed'
const restarting = 'the ledger is restarting its worker: ask again in a moment'

/** Source runs as .ts, a build as .js: the worker is whatever this file is. */
const entry = new URL(`./ledger-worker${path.extname(import.meta.url)}`, import.meta.url)

/**
 * A batch of records is garbage once it is stored. Without a bound the worker, which nobody waits for,
 * lets that pile up to 32 MB before it looks.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

/** What is told without being asked. */
export type Report = Exclude<FromWorker, { number: number }>

export interface WorkerLink {
  wake(): void
  /** Rejects what cannot be answered; `flush` waits until it can. */
  ask(question: Question): Promise<Answer>
  /** Rejects what is still open. */
  stop(): Promise<void>
}

/** Runs the ledger's worker, and runs it again, from where it was, when it dies. */
export function startLedgerWorker(
  options: LedgerWorkerOptions,
  report: (message: Report) => void,
): WorkerLink {
  const questions = createOpenQuestions()
  let position = options.position
  let stopped = false
  let worker = start()

  function start(): Worker {
    const started = new Worker(entry, { workerData: { ...options, position }, resourceLimits })
    started.on('message', receive)
    started.on('error', (error) => {
      report({ type: 'trouble', message: `The ledger's worker ended: ${error.message}` })
    })
    started.on('exit', () => {
      if (stopped) return
      questions.refuseAll(new AskAgain(restarting), isLookup)
      setTimeout(restart, RESTART_MS)
    })
    keepAlive(started)
    return started
  }

  function restart(): void {
    if (stopped) return
    worker = start()
    for (const [number, question] of questions.all()) post({ type: 'question', number, question })
  }

  /** Only an open question keeps the process alive; what is in the journal is safe without it. */
  function keepAlive(of: Worker): void {
    if (questions.any()) of.ref()
    else of.unref()
  }

  function post(message: ToWorker): void {
    worker.postMessage(message)
  }

  function receive(message: FromWorker): void {
    if (message.type === 'stored') position = message.position
    if (message.type === 'answer') questions.answer(message.number, message.answer)
    else if (message.type === 'refused') {
      const { number, passing, message: because } = message
      questions.refuse(number, passing ? new AskAgain(because) : new Error(because))
    } else report(message)
    keepAlive(worker)
  }

  return {
    wake: () => post({ type: 'wake' }),
    async ask(question) {
      if (stopped) throw new Error(closed)
      return new Promise((resolve, reject) => {
        const number = questions.add({ question, resolve, reject })
        post({ type: 'question', number, question })
        keepAlive(worker)
      })
    },
    async stop() {
      stopped = true
      questions.refuseAll(new Error(closed), () => true)
      await worker.terminate()
    },
  }
}

/** Not worth waiting for a new worker, as `flush` and `close` are. */
const isLookup = ({ kind }: Question): boolean => kind !== 'flush' && kind !== 'close'
