import type { SetLimit } from '../../../core/limits/set-limit.ts'
import type { SetLimitStore } from '../../../gateway/book-store.ts'
import { patiently } from './patiently.ts'
import type { Ask } from './worker-questions.ts'

const PATIENCE_MS = 3_000
const LOOK_EVERY_MS = 2_000

export interface SqliteSetLimits extends SetLimitStore {
  stop(): void
}

/** Limits set at run time. Other processes, and people, may change the tables meanwhile. */
export function createSqliteSetLimits(ask: Ask): SqliteSetLimits {
  const watching = new Set<(all: readonly SetLimit[]) => void>()
  let timer: NodeJS.Timeout | null = null

  async function look(): Promise<void> {
    const answer = await ask({ kind: 'changed-set-limits' }, 'changed-set-limits')
    if (answer.limits === null) return
    for (const tell of watching) tell(answer.limits)
  }

  function schedule(): void {
    if (timer !== null || watching.size === 0) return
    timer = setTimeout(() => {
      // A database out of reach is told by whoever needs it; here it is looked at again.
      look()
        .catch(() => {})
        .finally(again)
    }, LOOK_EVERY_MS)
    timer.unref()
  }

  function again(): void {
    timer = null
    schedule()
  }

  function stop(): void {
    watching.clear()
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  return {
    load: () =>
      patiently(
        PATIENCE_MS,
        async () => (await ask({ kind: 'load-set-limits' }, 'set-limits')).limits,
      ),
    async put(limit) {
      await patiently(PATIENCE_MS, () => ask({ kind: 'put-set-limit', limit }, 'done'))
    },
    remove: (id) =>
      patiently(
        PATIENCE_MS,
        async () => (await ask({ kind: 'remove-set-limit', id }, 'removed')).count > 0,
      ),
    watch(changed) {
      watching.add(changed)
      schedule()
      return () => {
        watching.delete(changed)
      }
    },
    stop,
  }
}
