import {
  arrayAt,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../core/json.ts'
import { plausibleUsage, reportedCount } from '../../core/plausible-usage.ts'
import type { Usage } from '../../core/reply.ts'

/**
 * Counts as Anthropic gives them: `input` leaves out what came from or went to the prompt cache.
 */
interface WireCounts {
  input: number
  cacheRead: number
  cacheWrite: number
  /** Of `cacheWrite`, what is kept for an hour, at a higher price. */
  longCacheWrite: number
  output: number
  thinking: number
  /** Tokens of the summaries that compaction made on the way; billed, but in no other count. */
  compactionInput: number
  compactionOutput: number
}

/** Adds up what the events of one reply say about usage. */
export interface UsageReader {
  /** Takes a `usage` member; true when it said anything. */
  see(usage: JsonValue | undefined): boolean
  /** null where what was said cannot be true. */
  total(): Usage | null
}

/**
 * Counts are cumulative and may be left out where they do not change, so a later one replaces an
 * earlier one and an absent one keeps it. Adding them up would bill the input twice.
 */
export function usageReader(): UsageReader {
  const counts: WireCounts = {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    longCacheWrite: 0,
    output: 0,
    thinking: 0,
    compactionInput: 0,
    compactionOutput: 0,
  }
  return {
    see(usage) {
      const said = {
        input: countAt(usage, 'input_tokens'),
        cacheRead: countAt(usage, 'cache_read_input_tokens'),
        cacheWrite: countAt(usage, 'cache_creation_input_tokens'),
        longCacheWrite: countAt(
          objectAt(usage, 'cache_creation') ?? {},
          'ephemeral_1h_input_tokens',
        ),
        output: countAt(usage, 'output_tokens'),
        thinking: countAt(objectAt(usage, 'output_tokens_details') ?? {}, 'thinking_tokens'),
      }
      counts.input = said.input ?? counts.input
      counts.cacheRead = said.cacheRead ?? counts.cacheRead
      counts.cacheWrite = said.cacheWrite ?? counts.cacheWrite
      counts.longCacheWrite = said.longCacheWrite ?? counts.longCacheWrite
      counts.output = said.output ?? counts.output
      counts.thinking = said.thinking ?? counts.thinking
      seeCompactions(counts, arrayAt(usage, 'iterations'))
      return said.input !== null || said.output !== null
    },
    total: () =>
      plausibleUsage({
        inputTokens: counts.input + counts.cacheRead + counts.cacheWrite + counts.compactionInput,
        cachedInputTokens: counts.cacheRead,
        cacheWriteTokens: counts.cacheWrite,
        outputTokens: counts.output + counts.compactionOutput,
        reasoningTokens: Math.min(counts.thinking, counts.output),
        longCacheWriteTokens: counts.longCacheWrite,
      }),
  }
}

/** Usage of a whole reply; null when it carries none. */
export function readUsage(usage: JsonValue | undefined): Usage | null {
  const reader = usageReader()
  return reader.see(usage) ? reader.total() : null
}

/**
 * `iterations` repeats the `message` turns that the counts above already hold, and lists advisor
 * turns of another model at another price; only `compaction` turns are the model's own and not
 * counted yet.
 */
function seeCompactions(counts: WireCounts, iterations: readonly JsonValue[]): void {
  const compactions = iterations.filter((turn) => stringAt(turn, 'type') === 'compaction')
  if (compactions.length === 0) return
  const sum = (key: string) =>
    compactions.reduce<number>((total, turn) => total + (countAt(turn, key) ?? 0), 0)
  counts.compactionInput =
    sum('input_tokens') + sum('cache_read_input_tokens') + sum('cache_creation_input_tokens')
  counts.compactionOutput = sum('output_tokens')
}

function countAt(owner: JsonValue | undefined, key: string): number | null {
  return reportedCount(numberAt(owner, key))
}

/** Usage in the words of this dialect: the three input counts add up to the canonical total. */
export function writeUsage(usage: Usage): JsonObject {
  const cached = usage.cachedInputTokens
  const written = usage.cacheWriteTokens
  return {
    input_tokens: Math.max(0, usage.inputTokens - cached - written),
    cache_creation_input_tokens: written,
    ...writtenApart(written, usage.longCacheWriteTokens),
    cache_read_input_tokens: cached,
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens > 0
      ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }
      : {}),
  }
}

/** Tokens written to a cache by how long it keeps them; nothing where all are kept as usual. */
function writtenApart(written: number, long: number | undefined): JsonObject {
  if (long === undefined) return {}
  const short = Math.max(0, written - long)
  return {
    cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
  }
}
