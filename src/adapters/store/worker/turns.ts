/** Runs `work` once per turn, at the earliest time anybody asked for. */
export function createTurns(work: () => void): { schedule(delayMs: number): void } {
  let next: { readonly timer: NodeJS.Timeout; readonly at: number } | null = null

  function run(): void {
    next = null
    work()
  }

  return {
    schedule(delayMs) {
      const at = performance.now() + delayMs
      if (next !== null && next.at <= at) return
      if (next !== null) clearTimeout(next.timer)
      next = { timer: setTimeout(run, delayMs), at }
    },
  }
}
