/** Open or shut: who comes while it is shut waits until it opens. */
export interface Gate {
  shut(): void
  open(): void
  /** Resolves when the gate is open; null when it is open now. */
  passed(): Promise<void> | null
}

export function createGate(): Gate {
  let waiting: PromiseWithResolvers<void> | null = null
  const passed = async (): Promise<void> => {
    // Opened and shut again before the waiter came round: it waits on.
    while (waiting !== null) await waiting.promise
  }
  return {
    shut() {
      waiting ??= Promise.withResolvers()
    },
    open() {
      waiting?.resolve()
      waiting = null
    },
    passed: () => (waiting === null ? null : passed()),
  }
}
