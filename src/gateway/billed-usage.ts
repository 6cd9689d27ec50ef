import { noUsage, type Usage } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import type { ReplyTally } from '../dialects/reply-pipe.ts'

export interface BilledUsage {
  readonly usage: Usage
  /** Counted by us from what was sent and seen, as the provider did not say, or not credibly. */
  readonly estimated: boolean
}

/** More than any model writes in one reply. */
const mostOutputTokens = 200_000

/** What a provider will bill for an attempt; `tally` is null where no reply came, `noUsage` is nothing. */
export function billedUsage(
  tally: ReplyTally | null,
  request: Request,
  failed: boolean,
): BilledUsage {
  // A provider that sends rubbish without end did not generate it token by token.
  const most = request.maxOutputTokens ?? mostOutputTokens
  const produced = Math.min(tally?.outputTokensEstimate ?? 0, most)
  const { inputTokensEstimate } = request
  if (tally?.usage) {
    const reported = tally.usage
    // What says something is not made of no tokens.
    const told = reported.outputTokens > 0 || produced === 0
    if (told && tally.finish !== null) return { usage: reported, estimated: false }
    // Cut off: usage that came early (Anthropic's first event) does not know the rest.
    const outputTokens = Math.max(reported.outputTokens, produced)
    const inputTokens = reported.inputTokens || inputTokensEstimate
    return { usage: { ...reported, inputTokens, outputTokens }, estimated: true }
  }
  const { operation } = request.endpoint
  const billed = operation === 'chat' || operation === 'completion' || operation === 'embedding'
  if (!billed || (produced === 0 && failed)) return { usage: noUsage, estimated: false }
  const usage = { ...noUsage, inputTokens: inputTokensEstimate, outputTokens: produced }
  return { usage, estimated: true }
}
