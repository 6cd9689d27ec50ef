import type { Usage } from '../reply.ts'

/** Where the prompt of a conversation was read last, and how much of it. */
export interface Warm {
  readonly target: string
  /** Of its last prompt. */
  readonly tokens: number
}

/** Which conversations have a warm prompt cache where. Times are monotonic milliseconds. */
export interface Warmth {
  /** null when nothing is warm for this conversation, or no longer. */
  of(conversation: string, nowMs: number): Warm | null
  /** Share, 0 to 1, of what could be cached that a target was seen to have cached; null: never seen. */
  cachedShare(target: string): number | null
  /** A reply of the conversation ended well. */
  replied(conversation: string, target: string, usage: Usage, nowMs: number): void
}

/** Providers keep a prompt for about five minutes after its last use. */
const keptMs = 300_000
/** Prompts shorter than this are not cached by any provider. */
export const leastCachedTokens = 1_024
/** Bounds what is remembered; the conversations that were idle longest go first. */
const mostConversations = 20_000
const mostTargets = 2_000
/** Of the newest observation, once there are many: about the last ten count. */
const smoothing = 0.1

interface Entry {
  target: string
  tokens: number
  usedMs: number
}

export function openWarmth(): Warmth {
  // Both maps are kept in the order of last use: the first key is the one to forget.
  const conversations = new Map<string, Entry>()
  const shares = new Map<string, { share: number; count: number }>()

  const learn = (target: string, share: number) => {
    const known = shares.get(target) ?? { share: 0, count: 0 }
    known.count++
    known.share += (share - known.share) * Math.max(smoothing, 1 / known.count)
    putLast(shares, target, known, mostTargets)
  }

  return {
    of(conversation, nowMs) {
      const entry = conversations.get(conversation)
      return entry === undefined || nowMs - entry.usedMs > keptMs ? null : entry
    },
    cachedShare(target) {
      return shares.get(target)?.share ?? null
    },
    replied(conversation, target, usage, nowMs) {
      const before = conversations.get(conversation)
      const wasWarm =
        before !== undefined && before.target === target && nowMs - before.usedMs <= keptMs
      const possible = wasWarm ? Math.min(before.tokens, usage.inputTokens) : 0
      if (possible >= leastCachedTokens) {
        learn(target, Math.min(1, usage.cachedInputTokens / possible))
      }
      if (usage.inputTokens < leastCachedTokens) return
      const entry = { target, tokens: usage.inputTokens, usedMs: nowMs }
      putLast(conversations, conversation, entry, mostConversations)
    },
  }
}

function putLast<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= most) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
