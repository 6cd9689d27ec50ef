import OpenAI from 'openai'
import { clientKey } from './replay-gateway.ts'
import { nothingSaid, parsedInput, type Said, type Stop } from './replay-said.ts'

const stops: Readonly<Record<string, Stop>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tools',
  content_filter: 'filtered',
}

/** The official SDK for Chat Completions. It knows no reasoning, but keeps unknown members. */
export async function askChat(url: string, model: string, streaming: boolean): Promise<Said> {
  const client = new OpenAI({ apiKey: clientKey, baseURL: `${url}/v1` })
  const ask = { model, messages: [{ role: 'user' as const, content: 'Hello' }] }
  const said = nothingSaid()
  if (!streaming) {
    const reply = await client.chat.completions.create(ask)
    const message = reply.choices[0]?.message
    if (message !== undefined) said.reasoning = reasoningIn(message)
    return addReply(reply, said)
  }
  const stream = client.chat.completions.stream({ ...ask, stream_options: { include_usage: true } })
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta
    if (delta !== undefined) said.reasoning += reasoningIn(delta)
  }
  return addReply(await stream.finalChatCompletion(), said)
}

function addReply(reply: OpenAI.ChatCompletion, said: Said): Said {
  const [choice] = reply.choices
  const message = choice?.message
  said.text = (message?.content ?? '') + (message?.refusal ?? '')
  for (const call of message?.tool_calls ?? []) {
    if (call.type !== 'function') continue
    said.calls.push({ name: call.function.name, input: parsedInput(call.function.arguments) })
  }
  const stop = stops[choice?.finish_reason ?? ''] ?? 'other'
  said.stop = stop === 'stop' && message?.refusal ? 'filtered' : stop
  said.inputTokens = reply.usage?.prompt_tokens ?? null
  said.outputTokens = reply.usage?.completion_tokens ?? null
  said.cachedTokens = reply.usage?.prompt_tokens_details?.cached_tokens ?? 0
  return said
}

function reasoningIn(message: object): string {
  const reasoning: unknown = Reflect.get(message, 'reasoning_content')
  return typeof reasoning === 'string' ? reasoning : ''
}
