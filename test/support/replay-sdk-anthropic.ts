import Anthropic from '@anthropic-ai/sdk'
import { clientKey } from './replay-gateway.ts'
import { nothingSaid, parsedInput, type Said, type Stop } from './replay-said.ts'

const stops: Readonly<Record<string, Stop>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tools',
  refusal: 'filtered',
}

/** The official SDK for Messages, which adds a stream up by itself. */
export async function askAnthropic(url: string, model: string, streaming: boolean): Promise<Said> {
  const client = new Anthropic({ apiKey: clientKey, baseURL: url })
  const messages = [{ role: 'user' as const, content: 'Hello' }]
  const ask = { model, max_tokens: 1_000, messages }
  return streaming
    ? saidIn(await client.messages.stream(ask).finalMessage())
    : saidIn(await client.messages.create(ask))
}

function saidIn(message: Anthropic.Message): Said {
  const said = nothingSaid()
  for (const block of message.content) {
    if (block.type === 'text') said.text += block.text
    if (block.type === 'thinking') said.reasoning += block.thinking
    if (block.type === 'tool_use') {
      said.calls.push({ name: block.name, input: parsedInput(JSON.stringify(block.input)) })
    }
  }
  said.stop = stops[message.stop_reason ?? ''] ?? 'other'
  const { usage } = message
  said.cachedTokens = usage.cache_read_input_tokens ?? 0
  said.inputTokens =
    usage.input_tokens + said.cachedTokens + (usage.cache_creation_input_tokens ?? 0)
  said.outputTokens = usage.output_tokens
  return said
}
