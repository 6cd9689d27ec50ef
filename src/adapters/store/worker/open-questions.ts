import type { WaybillRecord } from '../../../core/account/record.ts'
import type { Question } from './messages.ts'

interface Asker {
  readonly question: Question
  resolve(records: readonly WaybillRecord[]): void
  reject(error: Error): void
}

/** Questions to the worker that have no answer yet. */
export interface OpenQuestions {
  add(asker: Asker): number
  answer(number: number, records: readonly WaybillRecord[]): void
  refuse(number: number, reason: string): void
  refuseAll(reason: string, which: (question: Question) => boolean): void
  all(): (readonly [number, Question])[]
  any(): boolean
}

export function createOpenQuestions(): OpenQuestions {
  const askers = new Map<number, Asker>()
  let asked = 0

  function take(number: number): Asker | undefined {
    const asker = askers.get(number)
    askers.delete(number)
    return asker
  }

  return {
    add(asker) {
      asked += 1
      askers.set(asked, asker)
      return asked
    },
    answer: (number, records) => take(number)?.resolve(records),
    refuse: (number, reason) => take(number)?.reject(new Error(reason)),
    refuseAll(reason, which) {
      for (const [number, { question }] of [...askers]) {
        if (which(question)) take(number)?.reject(new Error(reason))
      }
    },
    all: () => [...askers].map(([number, { question }]) => [number, question] as const),
    any: () => askers.size > 0,
  }
}
