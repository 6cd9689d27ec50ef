import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { FinishReason, Usage } from '../../core/reply.ts'
import type { ReplyContext } from '../dialect.ts'
import { writeUsage } from './usage.ts'

/** What of a request the response object repeats, and what stands there when it did not say. */
const echoed: Readonly<Record<string, JsonValue>> = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  tools: [],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  top_logprobs: 0,
  truncation: 'disabled',
  metadata: {},
  user: null,
  safety_identifier: null,
  prompt_cache_key: null,
}

/** The response object before it ends. */
export function openResponse(context: ReplyContext, id: string | null): JsonObject {
  const { requestBody } = context
  const response: JsonObject = {
    id: id ?? context.id,
    object: 'response',
    created_at: context.createdS,
    // When a stream ends is not told to a writer, which has no clock.
    completed_at: null,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    model: context.model,
    output: [],
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...memberObject(requestBody, 'reasoning') },
    service_tier: 'default',
    // Nothing can be fetched again by the id: the gateway keeps no replies.
    store: false,
    text: { format: { type: 'text' }, ...memberObject(requestBody, 'text') },
    usage: null,
  }
  for (const [key, otherwise] of Object.entries(echoed)) {
    response[key] = requestBody[key] ?? otherwise
  }
  return response
}

export interface ResponseEnd {
  readonly output: JsonObject[]
  readonly finish: FinishReason
  readonly usage: Usage | null
}

/** The response object at its end. */
export function endedResponse(open: JsonObject, end: ResponseEnd): JsonObject {
  const reason = incompleteReason(end.finish)
  return {
    ...open,
    status: statusFor(end.finish),
    incomplete_details: reason === null ? null : { reason },
    output: end.output,
    usage: end.usage === null ? null : writeUsage(end.usage),
  }
}

/**
 * The finish as this dialect can tell it. It knows a refusal only by its words; one without any was
 * the work of a filter (Anthropic's), and must not look like a complete answer.
 */
export function shownFinish(finish: FinishReason, refused: boolean): FinishReason {
  return finish === 'refusal' && !refused ? 'content-filter' : finish
}

/** Status of a reply, and of the items that were open when it ended. */
export function statusFor(finish: FinishReason): 'completed' | 'incomplete' {
  return incompleteReason(finish) === null ? 'completed' : 'incomplete'
}

function incompleteReason(finish: FinishReason): string | null {
  if (finish === 'length') return 'max_output_tokens'
  return finish === 'content-filter' ? 'content_filter' : null
}

function memberObject(body: JsonObject, key: string): JsonObject {
  const value = body[key]
  return isObject(value) ? value : {}
}
