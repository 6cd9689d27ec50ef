import type { Clock } from '../../gateway/ports.ts'

/** How long a wrong token waits for its answer. */
const heldMs = 250
/** From one address at once; in all there are never more than connections. */
const mostHeld = 8

/**
 * Slows down whoever tries tokens: each wrong one is answered late, and while too many of an address
 * wait, the next ones are told so. The right token is not asked for any of it: a program with an old one
 * shuts nobody out.
 */
export interface WrongTokens {
  areTooMany(address: string): boolean
  /** Resolves when the answer may go out. */
  hold(address: string): Promise<void>
}

export function createWrongTokens(clock: Clock): WrongTokens {
  const held = new Map<string, number>()
  return {
    areTooMany: (address) => (held.get(address) ?? 0) >= mostHeld,
    hold(address) {
      held.set(address, (held.get(address) ?? 0) + 1)
      return new Promise((resolve) => {
        clock.after(heldMs, () => {
          const others = (held.get(address) ?? 0) - 1
          if (others > 0) held.set(address, others)
          else held.delete(address)
          resolve()
        })
      })
    },
  }
}
