import type { JsonObject, JsonValue } from '../../core/json.ts'
import { type Notes, refuseElsewhere, warn } from './notes.ts'

/** Fields that parse-request reads, or that say nothing outside Anthropic and its resellers. */
const understood = new Set([
  'model',
  'messages',
  'max_tokens',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'stop_sequences',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
  'cache_control',
  'betas',
  'anthropic_beta',
  'anthropic_version',
])

/** Fields without which the request means something else; the words name them in the refusal. */
const essential = new Map([
  ['mcp_servers', 'MCP servers that Anthropic calls'],
  ['thread', 'a thread kept at Anthropic'],
  ['inference_geo', 'a region promised by Anthropic'],
])

/** Refuses fields that change what is asked and cannot be carried over; warns about all others. */
export function noteForeignFields(notes: Notes, body: JsonObject): void {
  for (const [name, value] of Object.entries(body)) {
    if (understood.has(name) || isIdle(value)) continue
    const what = essential.get(name)
    if (what !== undefined) refuseElsewhere(notes, name, what)
    else warn(notes, `${name} was left out: it has no meaning outside the Anthropic dialect.`)
  }
}

/** Says nothing, or what is the rule without it. */
function isIdle(value: JsonValue | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === 'auto' ||
    value === 'global' ||
    (Array.isArray(value) && value.length === 0)
  )
}
