import { type ExplainAnswer, readAnswer } from '../sim/explain/answer.ts'

/** Planning takes microseconds; this is for whatever else may stand at the address. */
const answerWithinMs = 30_000

/** What the running gateway says; a sentence where none does. */
export async function askGateway(
  url: string,
  question: string,
  headers: Readonly<Record<string, string>>,
  key: string | undefined,
): Promise<ExplainAnswer | string> {
  const address = `${url.replace(/\/+$/, '')}/v1/route/explain`
  const own: Record<string, string> = { ...headers, 'content-type': 'application/json' }
  if (key !== undefined && key !== '') own['authorization'] = `Bearer ${key}`
  try {
    const signal = AbortSignal.timeout(answerWithinMs)
    const reply = await fetch(address, { method: 'POST', headers: own, body: question, signal })
    const answer = readAnswer(reply.status, await reply.text())
    return answer ?? `What answers at ${url} is no Waybill (status ${reply.status}).`
  } catch (error) {
    return `No gateway answers at ${url} (${reasonOf(error)}). Start one with \`waybill start\`, name it with --url, or use --offline.`
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  // Without a code, `bad port` for one: fetch asks none that is known for another protocol.
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}
