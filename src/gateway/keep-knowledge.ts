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
  let savedObservations = knowledge.fleet.observations()
  let saving: Promise<void> = Promise.resolve()

  const save = async () => {
    const observations = knowledge.fleet.observations()
    if (observations === savedObservations) return
    savedObservations = observations
    await store.save(knowledgeSnapshot(knowledge, clock.monotonicMs(), clock.nowMs()))
  }
  const next = () =>
    clock.after(saveEveryMs, () => {
      saving = save().then(() => {
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
      await save()
    },
  }
}
