import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

/**
 * Lets the thread that serves requests go first when both want the same core: a record is safe in its
 * journal and can wait for the database. Linux gives each thread a priority of its own; elsewhere the
 * call would slow the whole process, so nothing is done.
 */
export function yieldToRequests(): void {
  if (process.platform !== 'linux') return
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    if (Number.isInteger(thread) && thread !== process.pid) {
      setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL)
    }
  } catch {
    // Without /proc, or not allowed: both threads share the core as before.
  }
}
