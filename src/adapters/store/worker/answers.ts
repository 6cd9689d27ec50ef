import type { Answer } from './messages.ts'

/** The answer as one of this kind, which is what the question it answers asks for. */
export function answerOf<Kind extends Answer['kind']>(
  answer: Answer,
  kind: Kind,
): Extract<Answer, { kind: Kind }> {
  if (isOfKind(answer, kind)) return answer
  throw new Error(`the ledger's worker answered with ${answer.kind} instead of ${kind}`)
}

function isOfKind<Kind extends Answer['kind']>(
  answer: Answer,
  kind: Kind,
): answer is Extract<Answer, { kind: Kind }> {
  return answer.kind === kind
}
