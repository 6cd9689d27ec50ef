import { answerOf } from '../worker/answers.ts'
import type { LimitQuestion } from '../worker/limit-messages.ts'
import type { Answer } from '../worker/messages.ts'
import type { WorkerLink } from '../worker/worker-link.ts'

/** Asks the worker, which answers with this kind or rejects. */
export type Ask = <Kind extends Answer['kind']>(
  question: LimitQuestion,
  kind: Kind,
) => Promise<Extract<Answer, { kind: Kind }>>

export function askThrough(worker: WorkerLink): Ask {
  return async (question, kind) => answerOf(await worker.ask(question), kind)
}
