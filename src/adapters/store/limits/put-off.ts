const LATER_MS = 1_000

/** Work that may wait for a second, and is tried again each second until it succeeds. */
export interface PutOff {
  soon(): void
  /** Now, or anew when what is under way has ended. Throws as the work does. */
  now(): Promise<void>
  stop(): void
}

export function putOff(work: () => Promise<void>, onFailure: (error: unknown) => void): PutOff {
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  let stopped = false

  function soon(): void {
    if (timer !== null || stopped) return
    timer = setTimeout(onTime, LATER_MS)
    timer.unref()
  }

  function onTime(): void {
    timer = null
    now().catch(() => {}) // `onFailure` was told
  }

  function now(): Promise<void> {
    const run = running.then(work)
    running = run.catch((error: unknown) => {
      onFailure(error)
      soon()
    })
    return run
  }

  return {
    soon,
    now,
    stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
