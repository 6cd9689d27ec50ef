import type { Conversation, ReasoningRequest } from '../../core/conversation.ts'
import { arrayAt, type JsonObject, stringAt } from '../../core/json.ts'
import type { ModelTraits } from './model-traits.ts'
import { type Notes, warn } from './notes.ts'

/** How the model is told to think, and the output limit that leaves room for it. */
export interface ThinkingPlan {
  /** The `thinking` member, or nothing. */
  readonly thinking: JsonObject
  /** The `effort` member of `output_config`, or nothing. */
  readonly effort: JsonObject
  readonly thinks: boolean
  readonly maxTokens: number
}

type Effort = NonNullable<ReasoningRequest['effort']>

/** Tokens for an effort, on models that are given a budget; 1,024 is the least Anthropic takes. */
const budgets: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 4096,
  high: 16_384,
  xhigh: 20_000,
  max: 23_000,
}
const LEAST_BUDGET = 1024

export function buildThinking(
  notes: Notes,
  conversation: Conversation,
  messages: readonly JsonObject[],
  traits: ModelTraits,
): ThinkingPlan {
  const maxTokens = limitOf(notes, conversation.maxOutputTokens, traits)
  const idle: ThinkingPlan = { thinking: {}, effort: {}, thinks: traits.alwaysThinks, maxTokens }
  const asked = conversation.reasoning
  if (asked === null) return idle
  if (asksForNone(asked)) return withoutThinking(notes, idle, traits)
  const obstacle = obstacleTo(conversation, messages, traits)
  if (obstacle !== null) {
    warn(notes, `Thinking was left out: ${obstacle}.`)
    return idle
  }
  const byBudget =
    traits.takesBudget && (traits.thinking === 'budget' || asked.budgetTokens !== null)
  return byBudget
    ? thinkingByBudget(notes, conversation, asked, traits, maxTokens)
    : thinkingByEffort(notes, asked, traits, maxTokens)
}

function limitOf(notes: Notes, asked: number | null, traits: ModelTraits): number {
  if (asked === null) return traits.defaultMaxTokens
  if (traits.mostOutputTokens === null || asked <= traits.mostOutputTokens) return asked
  warn(notes, `max_tokens became ${traits.mostOutputTokens}: this model writes no more.`)
  return traits.mostOutputTokens
}

function asksForNone(asked: ReasoningRequest): boolean {
  return asked.effort === 'none' || asked.budgetTokens === 0
}

function withoutThinking(notes: Notes, idle: ThinkingPlan, traits: ModelTraits): ThinkingPlan {
  if (traits.thinking === 'none') return idle
  if (!traits.alwaysThinks) return { ...idle, thinking: { thinking: { type: 'disabled' } } }
  warn(notes, 'Thinking was reduced to low effort: this model cannot do without.')
  return { ...idle, effort: { effort: 'low' } }
}

/** Why thinking would be refused with this request; null where nothing stands in the way. */
function obstacleTo(
  conversation: Conversation,
  messages: readonly JsonObject[],
  traits: ModelTraits,
): string | null {
  if (traits.thinking === 'none') return 'this model does not think'
  if (traits.alwaysThinks) return null
  const choice = conversation.toolChoice?.type
  if (conversation.tools.length > 0 && (choice === 'required' || choice === 'tool')) {
    return 'it does not go with a tool the model is made to call'
  }
  if (traits.thinking === 'adaptive') return null
  if (messages.at(-1)?.['role'] === 'assistant') {
    return 'it does not go with an answer that was begun already'
  }
  return lacksThinking(messages)
    ? 'the tool calls it would go on from were made without, or by another provider'
    : null
}

/**
 * With a budget, the turn that made the latest tool calls must begin with its thinking. Thinking of
 * another provider cannot stand there.
 */
function lacksThinking(messages: readonly JsonObject[]): boolean {
  const calling = messages.at(-2)
  const results = arrayAt(messages.at(-1), 'content')
  if (calling?.['role'] !== 'assistant') return false
  if (!results.some((block) => stringAt(block, 'type') === 'tool_result')) return false
  const [first] = arrayAt(calling, 'content')
  return !/^(?:redacted_)?thinking$/.test(stringAt(first, 'type') ?? '')
}

/** Thinking counts towards max_tokens, so room for it is added unless the client set the limit. */
function thinkingByBudget(
  notes: Notes,
  conversation: Conversation,
  asked: ReasoningRequest,
  traits: ModelTraits,
  maxTokens: number,
): ThinkingPlan {
  const wanted = Math.max(LEAST_BUDGET, wantedBudget(asked))
  const open = conversation.maxOutputTokens === null
  const most = traits.mostOutputTokens ?? maxTokens + wanted
  const limit = open ? Math.min(maxTokens + wanted, most) : maxTokens
  const budget = wanted < limit ? fitted(asked, wanted, limit) : roomIn(limit)
  if (budget < LEAST_BUDGET || budget >= limit) {
    warn(notes, `Thinking was left out: max_tokens ${limit} leaves no room for it.`)
    return { thinking: {}, effort: {}, thinks: false, maxTokens }
  }
  if (asked.budgetTokens !== null && budget < asked.budgetTokens) {
    warn(notes, `The thinking budget became ${budget} tokens, to fit into max_tokens ${limit}.`)
  }
  const thinking = { type: 'enabled', budget_tokens: budget, ...displayOf(asked) }
  return { thinking: { thinking }, effort: {}, thinks: true, maxTokens: limit }
}

/** A negative budget (Gemini's "dynamic") leaves it to us. */
function wantedBudget(asked: ReasoningRequest): number {
  const tokens = asked.budgetTokens
  return tokens !== null && tokens > 0 ? tokens : budgets[asked.effort ?? 'medium']
}

/** A budget the client named stands as it is; one of ours leaves a fifth for the answer. */
function fitted(asked: ReasoningRequest, wanted: number, limit: number): number {
  return (asked.budgetTokens ?? 0) > 0 ? wanted : Math.min(wanted, roomIn(limit))
}

function roomIn(limit: number): number {
  return Math.max(LEAST_BUDGET, Math.floor(limit * 0.8))
}

function thinkingByEffort(
  notes: Notes,
  asked: ReasoningRequest,
  traits: ModelTraits,
  maxTokens: number,
): ThinkingPlan {
  const tokens = asked.budgetTokens
  const word = asked.effort ?? (tokens === null || tokens < 0 ? 'high' : effortOf(tokens))
  const effort = wireEffort(word, traits)
  if (asked.effort === null && tokens !== null && tokens > 0) {
    warn(notes, `The thinking budget of ${tokens} tokens became effort ${effort}.`)
  }
  return {
    thinking: { thinking: { type: 'adaptive', ...displayOf(asked) } },
    effort: { effort },
    thinks: true,
    maxTokens,
  }
}

function effortOf(tokens: number): Effort {
  if (tokens <= 2048) return 'low'
  if (tokens <= 8192) return 'medium'
  return tokens <= 24_576 ? 'high' : 'xhigh'
}

function wireEffort(effort: Effort, traits: ModelTraits): string {
  if (effort === 'minimal') return 'low'
  return effort === 'xhigh' && !traits.knowsXhigh ? 'max' : effort
}

function displayOf(asked: ReasoningRequest): JsonObject {
  if (asked.visible === null) return {}
  return { display: asked.visible ? 'summarized' : 'omitted' }
}
