import type { Conversation, Translated } from '../../core/conversation.ts'
import { failed, type Outcome, ok } from '../../core/failure.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { field } from './fields.ts'
import { parseConfig } from './parse-config.ts'
import { parseContents } from './parse-contents.ts'
import { parseToolChoice, parseTools } from './parse-tools.ts'
import { type Reading, readObject, refuseHere, startReading, warnOfOthers } from './reading.ts'

const known = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'cachedContent',
  'labels',
])

/** Reads a `GenerateContentRequest`. */
export function parseRequest(body: JsonObject): Outcome<Translated<Conversation>> {
  const reading = startReading()
  if (field(body, 'cachedContent') !== undefined) {
    const message =
      'cachedContent is kept at Google: send the contents instead, or use a Gemini target.'
    refuseHere(reading, 'cachedContent', message)
  }
  warnOfOthers(reading, body, known, '')
  const value: Conversation = {
    messages: parseContents(body, reading),
    tools: parseTools(body, reading),
    toolChoice: parseToolChoice(body, reading),
    parallelToolCalls: null,
    ...parseConfig(body, reading),
    user: null,
    metadata: parseLabels(body, reading),
  }
  if (reading.problem !== null) return failed(reading.problem)
  return ok({ value, warnings: reading.warnings })
}

function parseLabels(body: JsonObject, reading: Reading): Record<string, string> {
  const labels = readObject(reading, body, 'labels', 'labels')
  if (!isObject(labels)) return {}
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}
