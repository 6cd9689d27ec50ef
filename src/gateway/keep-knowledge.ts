import { type Knowledge, knowledgeSnapshot } from './knowledge.ts'
import type { Clock, KnowledgeStore } from './ports.ts'

export interface KnowledgeKeeper {
  /** Saves once more, and stops. */
  stop(): Promise<void>
}

const saveEveryMs = 5_000

/** Saves what the gateway has seen every few seconds in which it has seen something. */
export function keepKnowledge(
  knowledge: Knowledge,
  store: KnowledgeStore,
  clock: Clock,
): KnowledgeKeeper {
  const seen = () => knowledge.fleet.observations() + knowledge.learning.lessons()
  const seenAtStart = seen()
  let saved = seenAtStart
  let saving: Promise<void> = Promise.resolve()

  const save = async () => {
    saved = seen()
    await store.save(knowledgeSnapshot(knowledge, clock.monotonicMs(), clock.nowMs()))
  }
  const next = () =>
    clock.after(saveEveryMs, () => {
      saving = (seen() === saved ? Promise.resolve() : save()).then(() => {
        if (!stopped) cancel = next()
      })
    })
  let stopped = false
  let cancel = next()

  return {
    async stop() {
      stopped = true
      cancel()
      await saving
      // What the last request has shown of its arm and region is noted after its attempts are.
      if (seen() !== seenAtStart) await save()
    },
  }
}
