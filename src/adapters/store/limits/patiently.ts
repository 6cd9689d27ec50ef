import { AskAgain } from '../worker/ask-again.ts'

const PAUSE_MS = 250

/** Asks again while that may help, for `patienceMs` at most; throws as the last attempt did. */
export async function patiently<T>(patienceMs: number, attempt: () => Promise<T>): Promise<T> {
  const untilMs = performance.now() + patienceMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof AskAgain) || performance.now() + PAUSE_MS > untilMs) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
