import { type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { clientKey } from './replay-gateway.ts'
import { nothingSaid, parsedInput, type Said, type Stop } from './replay-said.ts'

const stops: Readonly<Record<string, Stop>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'filtered',
}

/** The official SDK for Gemini. Chunks are added up here, because it leaves that to its users. */
export async function askGemini(url: string, model: string, streaming: boolean): Promise<Said> {
  const client = new GoogleGenAI({ apiKey: clientKey, httpOptions: { baseUrl: url } })
  const ask = { model, contents: 'Hello' }
  const said = nothingSaid()
  if (streaming) {
    for await (const chunk of await client.models.generateContentStream(ask)) add(chunk, said)
  } else {
    add(await client.models.generateContent(ask), said)
  }
  if (said.stop === 'stop' && said.calls.length > 0) said.stop = 'tools'
  return said
}

function add(response: GenerateContentResponse, said: Said): void {
  const [candidate] = response.candidates ?? []
  for (const part of candidate?.content?.parts ?? []) {
    if (part.thought === true) said.reasoning += part.text ?? ''
    else said.text += part.text ?? ''
    const { name, args } = part.functionCall ?? {}
    if (name !== undefined) said.calls.push({ name, input: parsedInput(JSON.stringify(args)) })
  }
  if (candidate?.finishReason !== undefined) said.stop = stops[candidate.finishReason] ?? 'other'
  const usage = response.usageMetadata
  if (usage === undefined) return
  said.inputTokens = usage.promptTokenCount ?? 0
  said.outputTokens = (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0)
  said.cachedTokens = usage.cachedContentTokenCount ?? 0
}
