import { arrayAt, type JsonObject, type JsonValue, objectAt } from '../../core/json.ts'
import { type Findings, refuse, warn } from './findings.ts'

/** Fields whose meaning is lost without their provider, and what to do instead. */
const onlyAtProvider: Readonly<Record<string, string>> = {
  previous_response_id:
    'It names a reply stored at the provider that gave it. Send the whole conversation in "input".',
  conversation:
    'It names a conversation stored at its provider. Send the whole conversation in "input".',
  prompt: 'It names a template stored at its provider. Send its text in "instructions" or "input".',
  moderation: 'The provider itself would check input and output. Leave it out.',
}

/** Fields that may be left out without changing what is answered, unless they pass the test. */
const leftOut: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  store: (value) => value === true,
  truncation: (value) => value !== 'disabled',
  service_tier: (value) => value !== 'auto' && value !== 'default',
  top_logprobs: (value) => value !== 0,
  prompt_cache_key: () => true,
  prompt_cache_options: () => true,
  prompt_cache_retention: () => true,
  context_management: (value) => !Array.isArray(value) || value.length > 0,
}

/** Read elsewhere, or without effect on a reply that no provider-run tool takes part in. */
const known: ReadonlySet<string> = new Set([
  'background',
  'frequency_penalty',
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'model',
  'parallel_tool_calls',
  'presence_penalty',
  'reasoning',
  'safety_identifier',
  'stream',
  'stream_options',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_p',
  'user',
])

/** Refuses what only a provider with the Responses API can do; warns of what is merely lost. */
export function checkLimits(findings: Findings, body: JsonObject): void {
  for (const [field, value] of Object.entries(body)) {
    if (value === undefined || value === null || known.has(field)) continue
    const instead = onlyAtProvider[field]
    const matters = leftOut[field]
    if (instead !== undefined) refuseField(findings, field, instead)
    else if (matters === undefined) warn(findings, `"${field}" is not known here and is left out.`)
    else if (matters(value)) warn(findings, `"${field}" has no equivalent and is left out.`)
  }
  if (body['background'] === true) {
    refuseField(findings, 'background', 'The provider would keep the reply. Wait for it instead.')
  }
  if (arrayAt(body, 'include').includes('message.output_text.logprobs')) {
    warn(findings, 'Log probabilities have no equivalent and are left out.')
  }
  if (objectAt(body, 'text')?.['verbosity'] ?? null) {
    warn(findings, '"text.verbosity" has no equivalent and is left out.')
  }
  const mode = objectAt(body, 'reasoning')?.['mode'] ?? 'standard'
  if (mode !== 'standard') warn(findings, '"reasoning.mode" has no equivalent and is left out.')
}

function refuseField(findings: Findings, field: string, instead: string): void {
  refuse(findings, field, `"${field}" cannot be carried to a model behind another API. ${instead}`)
}
