import type { SetLimit } from '../../../core/limits/set-limit.ts'
import type { SetLimitStore } from '../../../gateway/book-store.ts'

/** Limits set at run time that are forgotten with the process. */
export function createMemorySetLimits(): SetLimitStore {
  const limits = new Map<string, SetLimit>()

  function forgetExpired(): void {
    const nowMs = Date.now()
    for (const { id, expiresAtMs } of limits.values()) {
      if (expiresAtMs !== null && expiresAtMs <= nowMs) limits.delete(id)
    }
  }

  return {
    async load() {
      forgetExpired()
      return [...limits.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    },
    async put(limit) {
      forgetExpired()
      limits.set(limit.id, limit)
    },
    async remove(id) {
      forgetExpired()
      return limits.delete(id)
    },
    watch: () => () => {}, // nobody else can change them
  }
}
