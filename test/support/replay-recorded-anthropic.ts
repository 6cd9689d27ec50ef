import {
  arrayAt,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../src/core/json.ts'
import { nothingSaid, parsedInput, type Said, type Stop } from './replay-said.ts'

const stops: Readonly<Record<string, Stop>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tools',
  refusal: 'filtered',
}

/** A message, or the events it is streamed as, up to the first end of one. */
export function saidByAnthropic(bodies: readonly JsonObject[], streamed: boolean): Said {
  const message = streamed ? messageOf(bodies) : (bodies[0] ?? {})
  const said = nothingSaid()
  for (const block of arrayAt(message, 'content')) {
    const type = stringAt(block, 'type')
    if (type === 'text') said.text += stringAt(block, 'text') ?? ''
    if (type === 'thinking') said.reasoning += stringAt(block, 'thinking') ?? ''
    if (type === 'tool_use') {
      const input = (objectAt(block, 'input') satisfies JsonValue) ?? {}
      said.calls.push({ name: stringAt(block, 'name') ?? '', input })
    }
  }
  said.stop = stops[stringAt(message, 'stop_reason') ?? ''] ?? 'other'
  addUsage(message, said)
  return said
}

/** Input counts leave out what came from or went to the cache; compaction is counted apart. */
function addUsage(message: JsonObject, said: Said): void {
  const usage = objectAt(message, 'usage')
  if (usage === null) return
  const compactions = arrayAt(usage, 'iterations').filter(
    (turn) => stringAt(turn, 'type') === 'compaction',
  )
  const sum = (keys: readonly string[]) =>
    [usage, ...compactions]
      .flatMap((counts) => keys.map((key) => numberAt(counts, key) ?? 0))
      .reduce((total, count) => total + count, 0)
  said.inputTokens = sum(['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'])
  said.outputTokens = sum(['output_tokens'])
  said.cachedTokens = numberAt(usage, 'cache_read_input_tokens') ?? 0
}

/** Puts a streamed message together the plain way. */
function messageOf(events: readonly JsonObject[]): JsonObject {
  const content: JsonObject[] = []
  const inputs: string[] = []
  let usage: JsonObject = {}
  let stop: string | null = null
  for (const event of events) {
    if (stringAt(event, 'type') === 'message_stop') break
    const index = numberAt(event, 'index') ?? 0
    const given = objectAt(objectAt(event, 'message') ?? {}, 'usage')
    usage = { ...usage, ...given, ...objectAt(event, 'usage') }
    const delta = objectAt(event, 'delta') ?? {}
    stop = stringAt(delta, 'stop_reason') ?? stop
    const block = content[index] ?? { ...objectAt(event, 'content_block') }
    if (stringAt(block, 'type') === null) continue
    content[index] = block
    for (const key of ['text', 'thinking']) {
      const more = stringAt(delta, key)
      if (more !== null) block[key] = `${stringAt(block, key) ?? ''}${more}`
    }
    inputs[index] = `${inputs[index] ?? ''}${stringAt(delta, 'partial_json') ?? ''}`
  }
  inputs.forEach((input, index) => {
    const block = content[index]
    if (input !== '' && block !== undefined) block['input'] = parsedInput(input)
  })
  return { content, usage, stop_reason: stop }
}
