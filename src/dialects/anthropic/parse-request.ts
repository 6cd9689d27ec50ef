import type { Conversation, Message, Translated } from '../../core/conversation.ts'
import { failed, type Outcome, ok } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { noteForeignFields } from './foreign-fields.ts'
import {
  type Notes,
  optionalNumber,
  optionalObject,
  optionalString,
  refuse,
  startNotes,
} from './notes.ts'
import { parseTextBlocks } from './parse-blocks.ts'
import { parseMessages } from './parse-messages.ts'
import { parseOutput, parseReasoning } from './parse-output.ts'
import { parseToolChoice, parseTools } from './parse-tools.ts'

/**
 * Reads a Messages request as a conversation. Wrong types are an invalid_request naming the field.
 */
export function parseRequest(body: JsonObject): Outcome<Translated<Conversation>> {
  const notes = startNotes()
  noteForeignFields(notes, body)
  const conversation: Conversation = {
    messages: [...parseSystem(notes, body), ...parseMessages(notes, body)],
    tools: parseTools(notes, body),
    ...parseToolChoice(notes, body),
    output: parseOutput(notes, body),
    maxOutputTokens: parseMaxTokens(notes, body),
    temperature: optionalNumber(notes, body, 'temperature', ''),
    topP: optionalNumber(notes, body, 'top_p', ''),
    topK: optionalNumber(notes, body, 'top_k', ''),
    stopSequences: parseStopSequences(notes, body),
    seed: null,
    presencePenalty: null,
    frequencyPenalty: null,
    reasoning: parseReasoning(notes, body),
    user: parseUser(notes, body),
    metadata: {},
  }
  if (notes.failure !== null) return failed(notes.failure)
  return ok({ value: conversation, warnings: notes.warnings })
}

function parseSystem(notes: Notes, body: JsonObject): Message[] {
  if (body['system'] === undefined || body['system'] === null) return []
  const content = parseTextBlocks(notes, body['system'], 'system')
  return content.length === 0 ? [] : [{ role: 'system', content, developer: false }]
}

function parseMaxTokens(notes: Notes, body: JsonObject): number | null {
  const limit = optionalNumber(notes, body, 'max_tokens', '')
  if (limit === null) refuse(notes, 'max_tokens', 'is required.')
  else if (!Number.isInteger(limit) || limit < 1) {
    refuse(notes, 'max_tokens', 'must be a whole number of at least 1.')
  }
  return limit
}

function parseStopSequences(notes: Notes, body: JsonObject): string[] {
  const list = body['stop_sequences'] ?? []
  if (!Array.isArray(list)) {
    refuse(notes, 'stop_sequences', 'must be a list of strings.')
    return []
  }
  return list.flatMap((item, index) => {
    if (typeof item === 'string') return [item]
    refuse(notes, `stop_sequences.${index}`, 'must be a string.')
    return []
  })
}

function parseUser(notes: Notes, body: JsonObject): string | null {
  const metadata = optionalObject(notes, body, 'metadata', '')
  return metadata === null ? null : optionalString(notes, metadata, 'user_id', 'metadata')
}
