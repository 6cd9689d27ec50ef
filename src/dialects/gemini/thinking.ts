import type { ReasoningRequest } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { cannotThink, isGemini3, isLite, isPro } from './models.ts'
import { type Reading, readFlag, readInteger, readObject, readText, refuse } from './reading.ts'

type Effort = NonNullable<ReasoningRequest['effort']>

const levels: Readonly<Record<string, Effort | null>> = {
  MINIMAL: 'minimal',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
  THINKING_LEVEL_UNSPECIFIED: null,
}

/** `generationConfig.thinkingConfig`. */
export function parseThinking(config: JsonObject, reading: Reading): ReasoningRequest | null {
  const path = 'generationConfig.thinkingConfig'
  const thinking = readObject(reading, config, 'thinkingConfig', path)
  if (thinking === null) return null
  const budget = readInteger(reading, thinking, 'thinkingBudget', `${path}.thinkingBudget`)
  const asked = readText(reading, thinking, 'thinkingLevel', `${path}.thinkingLevel`)
  const visible = readFlag(reading, thinking, 'includeThoughts', `${path}.includeThoughts`)
  const level = asked === null ? null : levels[asked.toUpperCase()]
  if (level === undefined) {
    const message = `${path}.thinkingLevel must be MINIMAL, LOW, MEDIUM or HIGH.`
    refuse(reading, `${path}.thinkingLevel`, message)
    return null
  }
  if (budget === 0) return { effort: 'none', budgetTokens: null, visible }
  if (budget !== null && budget > 0) return { effort: level, budgetTokens: budget, visible }
  // -1 lets the model decide, and so does saying only that thoughts shall be shown.
  const leftToModel = budget !== null || visible === true
  if (level === null && !leftToModel) return null
  return { effort: level ?? 'medium', budgetTokens: null, visible }
}

/** Tokens per effort, within what every model of 2.5 accepts. */
const budgets: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 512,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
}

const levelWords: Readonly<Record<Effort, string>> = {
  none: 'minimal',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
}

/** `thinkingConfig` for a model; null where nothing is asked or the model knows no thinking. */
export function buildThinking(
  reasoning: ReasoningRequest | null,
  model: string,
  warnings: string[],
): JsonObject | null {
  if (reasoning === null) return null
  const { effort, budgetTokens, visible } = reasoning
  if (cannotThink(model)) {
    if (effort !== 'none') warnings.push(`${model} cannot think before it answers.`)
    return null
  }
  const off = effort === 'none'
  // These refuse a budget of nothing; their least is the nearest to it.
  if (off && (isPro(model) || isGemini3(model))) {
    warnings.push(
      `${model} cannot be kept from thinking; it is asked to think as little as it can.`,
    )
  }
  const includeThoughts = off ? {} : { includeThoughts: visible !== false }
  if (budgetTokens !== null) {
    return { thinkingBudget: withinRange(budgetTokens, model), ...includeThoughts }
  }
  if (isGemini3(model)) return { thinkingLevel: levelFor(effort, model), ...includeThoughts }
  return { thinkingBudget: withinRange(budgets[effort ?? 'medium'], model), ...includeThoughts }
}

/** The Pro models of Gemini 3 know no MINIMAL. */
function levelFor(effort: Effort | null, model: string): string {
  const word = levelWords[effort ?? 'medium']
  return word === 'minimal' && isPro(model) ? 'low' : word
}

/**
 * A budget out of range is refused: Pro takes 128 to 32768, Flash up to 24576, Lite none or from
 * 512.
 */
function withinRange(budget: number, model: string): number {
  if (isPro(model)) return Math.min(32_768, Math.max(128, budget))
  if (isLite(model) && budget > 0) return Math.min(24_576, Math.max(512, budget))
  return Math.min(24_576, budget)
}
