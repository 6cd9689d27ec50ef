/**
 * What a model takes, by its name. Anthropic refuses with a 400 what a model does not take, so a
 * request that comes from another dialect has to be fitted to the model it is sent to.
 */
export interface ModelTraits {
  /** `budget`: thinks when given tokens for it · `adaptive`: when told to, by effort. */
  readonly thinking: 'none' | 'budget' | 'adaptive'
  /** Takes `budget_tokens`; of the adaptive models only the first did, for a time. */
  readonly takesBudget: boolean
  /** Thinks always: `disabled` is refused. */
  readonly alwaysThinks: boolean
  /** Knows efforts above `high` other than `max`. */
  readonly knowsXhigh: boolean
  /** Refuses temperature, top_p and top_k. */
  readonly refusesSampling: boolean
  /** Refuses temperature and top_p together. */
  readonly refusesBothSampling: boolean
  /** Refuses to be made to call a tool. */
  readonly refusesForcedTools: boolean
  /** Constrains its output to a JSON schema. */
  readonly jsonSchema: boolean
  /** Most output tokens it takes as `max_tokens`; null where not known. */
  readonly mostOutputTokens: number | null
  /** `max_tokens` where the client does not say: room enough, but nothing that could be refused. */
  readonly defaultMaxTokens: number
}

/** Models of others behind an address that speaks this dialect. */
const notClaude: ModelTraits = {
  thinking: 'budget',
  takesBudget: true,
  alwaysThinks: false,
  knowsXhigh: false,
  refusesSampling: false,
  refusesBothSampling: false,
  refusesForcedTools: false,
  jsonSchema: true,
  mostOutputTokens: null,
  defaultMaxTokens: 8192,
}

/** A Claude without a version in its name (`-latest`, a preview) is taken for the newest. */
const NEWEST = 10_000

export function modelTraits(model: string): ModelTraits {
  const name = model.toLowerCase()
  if (!name.includes('claude')) return notClaude
  const version = versionOf(name)
  const family = /fable|mythos|opus|sonnet|haiku/.exec(name)?.[0] ?? ''
  const deepThinker = family === 'fable' || family === 'mythos'
  const large = deepThinker || family === 'opus' || family === 'sonnet'
  return {
    thinking: version >= 406 ? 'adaptive' : version >= 307 ? 'budget' : 'none',
    takesBudget: version >= 307 && version <= 406,
    alwaysThinks: version >= 505 ? large : deepThinker,
    knowsXhigh: version >= 407,
    refusesSampling: version >= 407,
    refusesBothSampling: version >= 401,
    refusesForcedTools: version >= 505 ? large : deepThinker && version >= 501,
    jsonSchema: version >= 405 || (family === 'opus' && version === 401),
    mostOutputTokens: mostOutputTokens(version, family),
    // From 4.5 on a limit beyond what is left of the context window is cut instead of refused.
    defaultMaxTokens: version >= 405 ? 32_000 : version < 305 ? 4096 : 8192,
  }
}

/** Major × 100 + minor: `claude-3-5-haiku-20241022` is 305, `claude-opus-4@20250514` is 400. */
function versionOf(name: string): number {
  const found =
    /claude-(?:instant-)?v?(\d)(?:[-.](\d{1,2})(?!\d))?(?!\d)/.exec(name) ??
    /claude-[a-z]+-(\d+)(?:[-.](\d{1,2})(?!\d))?(?!\d)/.exec(name)
  if (found === null) return NEWEST
  return Number(found[1]) * 100 + Number(found[2] ?? 0)
}

function mostOutputTokens(version: number, family: string): number {
  if (version < 305) return 4096
  if (version < 307) return 8192
  if (family === 'opus' && version <= 401) return 32_000
  return version >= 406 ? 128_000 : 64_000
}
