import OpenAI from 'openai'
import { clientKey } from './replay-gateway.ts'
import { nothingSaid, parsedInput, type Said, type Stop } from './replay-said.ts'

/** The official SDK for Responses, which adds a stream up by itself. */
export async function askResponses(url: string, model: string, streaming: boolean): Promise<Said> {
  const client = new OpenAI({ apiKey: clientKey, baseURL: `${url}/v1` })
  const ask = { model, input: 'Hello' }
  return streaming
    ? saidIn(await client.responses.stream(ask).finalResponse())
    : saidIn(await client.responses.create(ask))
}

function saidIn(response: OpenAI.Responses.Response): Said {
  const said = nothingSaid()
  let refused = false
  for (const item of response.output) {
    if (item.type === 'reasoning') said.reasoning += item.summary.map(({ text }) => text).join('')
    if (item.type === 'function_call') {
      said.calls.push({ name: item.name, input: parsedInput(item.arguments) })
    }
    if (item.type !== 'message') continue
    for (const part of item.content) {
      refused ||= part.type === 'refusal'
      said.text += part.type === 'refusal' ? part.refusal : part.text
    }
  }
  said.stop = stopOf(response, refused, said.calls.length > 0)
  said.inputTokens = response.usage?.input_tokens ?? null
  said.outputTokens = response.usage?.output_tokens ?? null
  said.cachedTokens = response.usage?.input_tokens_details.cached_tokens ?? 0
  return said
}

function stopOf(response: OpenAI.Responses.Response, refused: boolean, calls: boolean): Stop {
  switch (response.incomplete_details?.reason) {
    case 'max_output_tokens':
      return 'length'
    case 'content_filter':
      return 'filtered'
  }
  if (response.status !== 'completed') return 'other'
  return calls ? 'tools' : refused ? 'filtered' : 'stop'
}
