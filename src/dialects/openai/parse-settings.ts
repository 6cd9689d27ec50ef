import type { OutputFormat, ReasoningRequest } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StrictReading } from './strict-reading.ts'

/** One stop sequence or a list of them. */
export function parseStop(body: JsonObject, reading: StrictReading): string[] {
  const stop = body['stop']
  if (typeof stop === 'string') return [stop]
  return reading.list(body, 'stop', 'stop').filter((entry, index) => {
    if (typeof entry !== 'string') reading.wrong(`stop[${index}]`, '`stop` must hold strings only.')
    return typeof entry === 'string'
  })
}

export function parseOutput(body: JsonObject, reading: StrictReading): OutputFormat {
  const format = reading.object(body, 'response_format', 'response_format')
  if (format === null) return { type: 'text' }
  switch (format['type']) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return parseSchema(format, reading)
    default: {
      const known = '"text", "json_object" or "json_schema"'
      reading.wrong('response_format.type', `\`response_format.type\` must be ${known}.`)
      return { type: 'text' }
    }
  }
}

function parseSchema(format: JsonObject, reading: StrictReading): OutputFormat {
  const path = 'response_format.json_schema'
  const holder = reading.object(format, 'json_schema', path) ?? {}
  const schema = reading.object(holder, 'schema', `${path}.schema`)
  if (schema === null) reading.wrong(`${path}.schema`, `\`${path}.schema\` must be a JSON schema.`)
  return {
    type: 'json-schema',
    name: reading.name(holder, 'name', `${path}.name`),
    description: reading.text(holder, 'description', `${path}.description`),
    schema: schema ?? {},
    strict: reading.boolean(holder, 'strict', `${path}.strict`),
  }
}

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/**
 * `reasoning_effort`, OpenRouter's `reasoning` object or DeepSeek's and GLM's `thinking` switch.
 */
export function parseReasoning(body: JsonObject, reading: StrictReading): ReasoningRequest | null {
  const holder = reading.object(body, 'reasoning', 'reasoning')
  const thinking = reading.object(body, 'thinking', 'thinking')
  const word =
    reading.text(body, 'reasoning_effort', 'reasoning_effort') ??
    (holder === null ? null : reading.text(holder, 'effort', 'reasoning.effort'))
  const effort = efforts.find((known) => known === word) ?? null
  if (word !== null && effort === null) {
    reading.wrong('reasoning_effort', `\`reasoning_effort\` must be one of ${efforts.join(', ')}.`)
  }
  const budget =
    (holder && reading.positiveInteger(holder, 'max_tokens', 'reasoning.max_tokens')) ??
    (thinking && reading.positiveInteger(thinking, 'budget_tokens', 'thinking.budget_tokens'))
  const visible = holder?.['exclude'] === true ? false : null
  if (effort !== null) return { effort, budgetTokens: null, visible }
  if (budget !== null) return { effort: null, budgetTokens: budget, visible }
  if (holder?.['enabled'] === false || thinking?.['type'] === 'disabled') {
    return { effort: 'none', budgetTokens: null, visible }
  }
  const asked = holder?.['enabled'] === true || thinking?.['type'] === 'enabled'
  return asked ? { effort: 'medium', budgetTokens: null, visible } : null
}

export function parseMetadata(body: JsonObject, reading: StrictReading): Record<string, string> {
  const metadata: Record<string, string> = {}
  const holder = reading.object(body, 'metadata', 'metadata') ?? {}
  for (const [key, value] of Object.entries(holder)) {
    if (typeof value === 'string') metadata[key] = value
    else reading.wrong(`metadata.${key}`, '`metadata` must hold strings only.')
  }
  return metadata
}
