import type { OutputFormat, ReasoningRequest } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import {
  type Notes,
  optionalNumber,
  optionalObject,
  optionalString,
  refuse,
  requiredObject,
  requiredString,
} from './notes.ts'

/** The form of the answer; `output_format` is the older place of `output_config.format`. */
export function parseOutput(notes: Notes, body: JsonObject): OutputFormat {
  const config = optionalObject(notes, body, 'output_config', '')
  const format =
    (config === null ? null : optionalObject(notes, config, 'format', 'output_config')) ??
    optionalObject(notes, body, 'output_format', '')
  if (format === null) return { type: 'text' }
  if (format['type'] !== 'json_schema') {
    refuse(notes, 'output_config.format.type', 'must be "json_schema".')
  }
  return {
    type: 'json-schema',
    name: 'answer',
    description: null,
    schema: requiredObject(notes, format, 'schema', 'output_config.format'),
    strict: null,
  }
}

const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const

/** How much to think: `thinking` says whether, `output_config.effort` how hard. */
export function parseReasoning(notes: Notes, body: JsonObject): ReasoningRequest | null {
  const effort = parseEffort(notes, body)
  const thinking = optionalObject(notes, body, 'thinking', '')
  if (thinking === null) {
    return effort === null ? null : { effort, budgetTokens: null, visible: null }
  }
  const type = requiredString(notes, thinking, 'type', 'thinking')
  const visible = parseVisible(notes, thinking)
  switch (type) {
    case 'disabled':
      return { effort: 'none', budgetTokens: null, visible }
    // Only between tool calls, and briefly: the least there is short of none.
    case 'between_tools':
      return { effort: 'minimal', budgetTokens: null, visible }
    // Anthropic documents `high` as what a model does when it is left to decide.
    case 'adaptive':
      return { effort: effort ?? 'high', budgetTokens: null, visible }
    case 'enabled':
      return { effort, budgetTokens: parseBudget(notes, thinking), visible }
    default:
      refuse(notes, 'thinking.type', 'must be enabled, adaptive, between_tools or disabled.')
      return null
  }
}

function parseBudget(notes: Notes, thinking: JsonObject): number | null {
  const budget = optionalNumber(notes, thinking, 'budget_tokens', 'thinking')
  if (budget === null || !Number.isInteger(budget) || budget < 1) {
    refuse(notes, 'thinking.budget_tokens', 'must be a whole number of tokens.')
  }
  return budget
}

function parseVisible(notes: Notes, thinking: JsonObject): boolean | null {
  const display = optionalString(notes, thinking, 'display', 'thinking')
  return display === null ? null : display !== 'omitted'
}

function parseEffort(notes: Notes, body: JsonObject): ReasoningRequest['effort'] {
  const config = optionalObject(notes, body, 'output_config', '')
  const word = config === null ? null : optionalString(notes, config, 'effort', 'output_config')
  if (word === null) return null
  const effort = efforts.find((known) => known === word)
  if (effort === undefined) {
    refuse(notes, 'output_config.effort', `must be one of ${efforts.join(', ')}.`)
  }
  return effort ?? null
}
