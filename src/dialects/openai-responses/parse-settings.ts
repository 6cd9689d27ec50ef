import type { OutputFormat, ReasoningRequest } from '../../core/conversation.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import {
  type Findings,
  optionalBoolean,
  optionalNumber,
  optionalString,
  reject,
  requiredString,
  wrongType,
} from './findings.ts'

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

export function parseReasoning(findings: Findings, body: JsonObject): ReasoningRequest | null {
  const reasoning = optionalObject(findings, body['reasoning'], 'reasoning')
  if (reasoning === null) return null
  const word = optionalString(findings, reasoning['effort'], 'reasoning.effort')
  const effort = efforts.find((known) => known === word) ?? null
  if (word !== null && effort === null) {
    reject(
      findings,
      'reasoning.effort',
      `"reasoning.effort" is "${word}"; it must be one of ${efforts.join(', ')}.`,
    )
  }
  const summary =
    optionalString(findings, reasoning['summary'], 'reasoning.summary') ??
    optionalString(findings, reasoning['generate_summary'], 'reasoning.generate_summary')
  if (effort === null && summary === null) return null
  return { effort, budgetTokens: null, visible: summary === null ? null : summary !== 'none' }
}

export function parseOutputFormat(findings: Findings, body: JsonObject): OutputFormat {
  const text = optionalObject(findings, body['text'], 'text')
  const format = optionalObject(findings, text?.['format'], 'text.format')
  if (format === null) return { type: 'text' }
  const type = requiredString(findings, format, 'type', 'text.format')
  if (type === 'json_object') return { type: 'json' }
  if (type === 'json_schema') return jsonSchema(findings, format)
  if (type !== 'text') {
    reject(
      findings,
      'text.format.type',
      `"text.format.type" is "${type}"; it must be text, json_object or json_schema.`,
    )
  }
  return { type: 'text' }
}

function jsonSchema(findings: Findings, format: JsonObject): OutputFormat {
  const schema = format['schema']
  if (!isObject(schema)) wrongType(findings, 'text.format.schema', 'a JSON schema object', schema)
  return {
    type: 'json-schema',
    name: requiredString(findings, format, 'name', 'text.format'),
    description: optionalString(findings, format['description'], 'text.format.description'),
    schema: isObject(schema) ? schema : {},
    strict: optionalBoolean(findings, format['strict'], 'text.format.strict'),
  }
}

export function parseOutputLimit(findings: Findings, body: JsonObject): number | null {
  const limit = optionalNumber(findings, body['max_output_tokens'], 'max_output_tokens')
  if (limit !== null && !(Number.isInteger(limit) && limit > 0)) {
    reject(
      findings,
      'max_output_tokens',
      `"max_output_tokens" is ${limit}; it must be a whole number above zero.`,
    )
  }
  return limit
}

export function parseMetadata(findings: Findings, body: JsonObject): Record<string, string> {
  const metadata = optionalObject(findings, body['metadata'], 'metadata') ?? {}
  const texts: Record<string, string> = {}
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value === 'string') texts[key] = value
    else wrongType(findings, `metadata.${key}`, 'a string', value)
  }
  return texts
}

function optionalObject(findings: Findings, value: JsonValue | undefined, path: string) {
  if (value === undefined || value === null) return null
  if (isObject(value)) return value
  wrongType(findings, path, 'an object', value)
  return null
}
