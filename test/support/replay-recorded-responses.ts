import {
  arrayAt,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../src/core/json.ts'
import { nothingSaid, parsedInput, type Said, type Stop } from './replay-said.ts'

const ends = ['response.completed', 'response.incomplete']

/** A response object, or the one a stream ends with. */
export function saidByResponses(bodies: readonly JsonObject[], streamed: boolean): Said {
  const said = nothingSaid()
  const end = bodies.find((event) => ends.includes(stringAt(event, 'type') ?? ''))
  const response = (streamed ? objectAt(end, 'response') : bodies[0]) ?? {}
  let refused = false
  for (const item of arrayAt(response, 'output')) {
    switch (stringAt(item, 'type')) {
      case 'message':
        for (const part of arrayAt(item, 'content')) {
          refused ||= stringAt(part, 'refusal') !== null
          said.text += (stringAt(part, 'text') ?? '') + (stringAt(part, 'refusal') ?? '')
        }
        break
      case 'reasoning':
        said.reasoning += reasoningOf(item)
        break
      case 'function_call':
        said.calls.push({
          name: stringAt(item, 'name') ?? '',
          input: parsedInput(stringAt(item, 'arguments') ?? ''),
        })
        break
      case 'custom_tool_call':
        said.calls.push({
          name: stringAt(item, 'name') ?? '',
          input: { input: stringAt(item, 'input') ?? '' },
        })
        break
    }
  }
  said.stop = stopOf(response, said.calls.length > 0, refused)
  const usage = objectAt(response, 'usage')
  if (usage === null) return said
  said.inputTokens = numberAt(usage, 'input_tokens')
  said.outputTokens = numberAt(usage, 'output_tokens')
  const details = objectAt(usage, 'input_tokens_details') ?? {}
  said.cachedTokens = numberAt(details, 'cached_tokens') ?? 0
  return said
}

/** The reasoning itself where it is shown, else its summary; parts are paragraphs. */
function reasoningOf(item: JsonValue): string {
  const texts = (key: string) => arrayAt(item, key).map((part) => stringAt(part, 'text') ?? '')
  return texts('content').join('\n\n') || texts('summary').join('\n\n')
}

function stopOf(response: JsonObject, calls: boolean, refused: boolean): Stop {
  const reason = stringAt(objectAt(response, 'incomplete_details') ?? {}, 'reason')
  if (reason === 'content_filter') return 'filtered'
  if (reason !== null || stringAt(response, 'status') === 'incomplete') return 'length'
  return calls ? 'tools' : refused ? 'filtered' : 'stop'
}
