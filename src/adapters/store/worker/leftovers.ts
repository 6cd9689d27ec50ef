import { statSync } from 'node:fs'
import { claimJournal, type JournalClaim } from '../journal/claim.ts'
import { lockPath, ownersIn } from '../journal/file-names.ts'
import type { Batch } from '../journal/read-segment.ts'
import { readLeftover, type Tail } from '../journal/tail.ts'
import { errorMessage } from '../system-error.ts'
import type { FromWorker } from './messages.ts'

/** Journals of processes that are gone, read one after the other. */
export interface Leftovers {
  /** The next batch, to be advanced over once it is stored; null when there is none. */
  read(): LeftoverBatch | null
  /** Looks for new ones at the next `read`. */
  look(): void
  /** Gives up the claims; what is left is for another process, or the next start. */
  release(): void
}

export interface LeftoverBatch {
  readonly owner: string
  readonly batch: Batch
  advance(): void
}

/** A lock without segments may be one that its process is just about to take. */
const FRESH_LOCK_MS = 60_000

interface Leftover {
  readonly owner: string
  readonly tail: Tail
  readonly claim: JournalClaim
}

/** `ownOwner` is not looked at; journals of other living processes cannot be claimed. */
export function findLeftovers(
  directory: string,
  ownOwner: string,
  report: (message: FromWorker) => void,
): Leftovers {
  /** The own journal, and those that cannot be read: one of them must not hold up all others. */
  const passedOver = new Set([ownOwner])
  let claimed: Leftover[] = []
  let due = true

  function claimAll(): void {
    due = false
    for (const [owner, segments] of ownersIn(directory)) {
      if (passedOver.has(owner)) continue
      if (segments.length > 0 || isOld(lockPath(directory, owner))) {
        attempt(owner, () => claim(owner))
      }
    }
  }

  function claim(owner: string): void {
    const held = claimJournal(directory, owner)
    if (held === null) return
    // Listed anew: before the claim stood, its process may have been alive and writing.
    const segments = ownersIn(directory).get(owner) ?? []
    const onTorn = () => report({ type: 'skipped', lines: 1, owner })
    claimed.push({ owner, tail: readLeftover(directory, owner, segments, onTorn), claim: held })
  }

  function attempt<T>(owner: string, action: () => T): T | null {
    try {
      return action()
    } catch (error) {
      passedOver.add(owner)
      const what = `The journal of ${owner} in ${directory} cannot be taken in`
      const advice = 'Make it readable and writable, and restart.'
      report({ type: 'problem', message: `${what} (${errorMessage(error)}). ${advice}` })
      return null
    }
  }

  return {
    read() {
      if (due) claimAll()
      for (const leftover of claimed) {
        const { owner, tail } = leftover
        const batch = attempt(owner, tail.read)
        if (batch !== null) return { owner, batch, advance: () => tail.advance(batch) }
        claimed = claimed.filter((other) => other !== leftover)
        leftover.claim.release(!passedOver.has(owner))
      }
      return null
    },
    look() {
      due = true
    },
    release() {
      for (const { claim } of claimed) claim.release(false)
      claimed = []
    },
  }
}

function isOld(lock: string): boolean {
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY
  return Date.now() - made > FRESH_LOCK_MS
}
