import type { Message } from '../../core/conversation.ts'
import { isObject, type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'
import { customInputAsJson } from './custom-tools.ts'
import { carriedName } from './declared-tools.ts'
import { type Findings, refuse, reject, requiredString, warn, wrongType } from './findings.ts'
import { parseAssistantContent, parseInputContent, parseSystemContent } from './parse-content.ts'
import { parseReasoningItem } from './parse-reasoning.ts'
import {
  addMessage,
  assistantParts,
  newTranscript,
  type Transcript,
  toolResults,
} from './transcript.ts'

/** What providers' own tools did: the model has answered from it, so it can be left out. */
const tracesOfServerTools: ReadonlySet<string> = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_list_tools',
  'mcp_call',
])

/** `instructions` and `input` as messages. */
export function parseMessages(findings: Findings, body: JsonObject): Message[] {
  const input = body['input']
  const items = itemsOf(input)
  if (items === null) wrongType(findings, 'input', 'a string or an array of items', input)
  const transcript = newTranscript(items ?? [])
  if ((body['instructions'] ?? null) !== null) {
    const content = parseSystemContent(findings, body['instructions'], 'instructions')
    addMessage(transcript, { role: 'system', content, developer: false })
  }
  for (const [index, item] of (items ?? []).entries()) {
    const path = `input[${index}]`
    if (isObject(item)) parseItem(findings, transcript, item, path)
    else wrongType(findings, path, 'an object', item)
  }
  return transcript.messages
}

function itemsOf(input: JsonValue | undefined): JsonValue[] | null {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  return Array.isArray(input) ? input : null
}

function parseItem(
  findings: Findings,
  transcript: Transcript,
  item: JsonObject,
  path: string,
): void {
  const type = stringAt(item, 'type') ?? (item['role'] === undefined ? null : 'message')
  switch (type) {
    case null:
      wrongType(findings, `${path}.type`, 'a string', item['type'])
      break
    case 'message':
      parseMessage(findings, transcript, item, path)
      break
    case 'reasoning':
      parseReasoningItem(findings, item, path, () => assistantParts(transcript))
      break
    case 'function_call':
    case 'custom_tool_call':
      parseCall(findings, transcript, item, path)
      break
    case 'function_call_output':
    case 'custom_tool_call_output':
      toolResults(transcript).push({
        type: 'tool-result',
        callId: requiredString(findings, item, 'call_id', path),
        name: '',
        content: parseInputContent(findings, item['output'], `${path}.output`),
        isError: false,
      })
      break
    default:
      parseForeignItem(findings, type, path)
  }
}

function parseMessage(
  findings: Findings,
  transcript: Transcript,
  item: JsonObject,
  path: string,
): void {
  const role = requiredString(findings, item, 'role', path)
  const at = `${path}.content`
  if (role === 'assistant') {
    assistantParts(transcript).push(...parseAssistantContent(findings, item['content'], at))
  } else if (role === 'user') {
    const content = parseInputContent(findings, item['content'], at)
    addMessage(transcript, { role, content })
  } else if (role === 'system' || role === 'developer') {
    const content = parseSystemContent(findings, item['content'], at)
    addMessage(transcript, { role: 'system', content, developer: role === 'developer' })
  } else {
    const message = `"${path}.role" is "${role}"; it must be user, assistant, system or developer.`
    reject(findings, `${path}.role`, message)
  }
}

function parseCall(
  findings: Findings,
  transcript: Transcript,
  item: JsonObject,
  path: string,
): void {
  const id = requiredString(findings, item, 'call_id', path)
  const name = carriedName(
    requiredString(findings, item, 'name', path),
    stringAt(item, 'namespace'),
  )
  const input =
    item['type'] === 'custom_tool_call'
      ? customInputAsJson(requiredString(findings, item, 'input', path))
      : requiredString(findings, item, 'arguments', path) || '{}'
  const signature = transcript.callSignatures.get(id) ?? null
  assistantParts(transcript).push({ type: 'tool-call', id, name, input, signature })
}

function parseForeignItem(findings: Findings, type: string, path: string): void {
  if (tracesOfServerTools.has(type)) {
    warn(findings, `Items of type "${type}" only mean something to their provider; left out.`)
    return
  }
  const why =
    type === 'item_reference'
      ? 'refers to an item stored at its provider. Send the item itself (with the AI SDK: set ' +
        '"store" to false).'
      : `is of type "${type}", which cannot be carried to a model behind another API. Leave it ` +
        'out, or ask for a model whose provider has the Responses API.'
  refuse(findings, path, `"${path}" ${why}`)
}
