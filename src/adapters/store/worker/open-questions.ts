import type { Answer, Question } from './messages.ts'

interface Asker {
  readonly question: Question
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** Questions to the worker that have no answer yet. */
export interface OpenQuestions {
  add(asker: Asker): number
  answer(number: number, answer: Answer): void
  refuse(number: number, error: Error): void
  refuseAll(error: Error, which: (question: Question) => boolean): void
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
    answer: (number, answer) => take(number)?.resolve(answer),
    refuse: (number, error) => take(number)?.reject(error),
    refuseAll(error, which) {
      for (const [number, { question }] of [...askers]) {
        if (which(question)) take(number)?.reject(error)
      }
    },
    all: () => [...askers].map(([number, { question }]) => [number, question] as const),
    any: () => askers.size > 0,
  }
}
