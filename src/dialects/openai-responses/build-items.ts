import type {
  AssistantPart,
  Message,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Quirks } from '../dialect.ts'
import { buildInputContent } from './build-content.ts'
import { type Findings, warn } from './findings.ts'

/** The conversation as input items. */
export function buildItems(
  findings: Findings,
  messages: readonly Message[],
  quirks: Quirks,
): JsonObject[] {
  return messages.flatMap((message) => itemsOf(findings, message, quirks))
}

function itemsOf(findings: Findings, message: Message, quirks: Quirks): JsonObject[] {
  switch (message.role) {
    case 'system': {
      const developer = message.developer && quirks.noDeveloperRole !== true
      const content = buildInputContent(findings, message.content)
      return [{ role: developer ? 'developer' : 'system', content }]
    }
    case 'user':
      return [{ role: 'user', content: buildInputContent(findings, message.content) }]
    case 'assistant':
      return assistantItems(findings, message.content)
    case 'tool':
      return message.content.map((result) => toolOutput(findings, result))
  }
}

/** Texts that follow one another share a message; everything else is an item of its own. */
function assistantItems(findings: Findings, parts: readonly AssistantPart[]): JsonObject[] {
  const items: JsonObject[] = []
  let said: (TextPart | RefusalPart)[] = []
  const endMessage = () => {
    if (said.length > 0) items.push({ role: 'assistant', content: saidContent(said) })
    said = []
  }
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') {
      if (part.type === 'text' && foreign(part.signature)) warnOfSignatures(findings)
      said.push(part)
      continue
    }
    const item = assistantItem(findings, part)
    if (item === null) continue
    endMessage()
    items.push(item)
  }
  endMessage()
  return items
}

function saidContent(parts: readonly (TextPart | RefusalPart)[]): JsonValue {
  const [first] = parts
  if (parts.length === 1 && first?.type === 'text') return first.text
  return parts.map((part) =>
    part.type === 'text'
      ? { type: 'output_text', text: part.text }
      : { type: 'refusal', refusal: part.text },
  )
}

function assistantItem(
  findings: Findings,
  part: Exclude<AssistantPart, { type: 'text' | 'refusal' }>,
): JsonObject | null {
  switch (part.type) {
    case 'reasoning':
      return reasoningItem(findings, part)
    case 'tool-call':
      return functionCall(findings, part)
    case 'file':
      warn(findings, 'Files the model made earlier cannot be sent back to it; left out.')
      return null
  }
}

/** Reasoning counts only with the proof of the provider that is asked, which else refuses it. */
function reasoningItem(findings: Findings, part: ReasoningPart): JsonObject | null {
  const { signature, text } = part
  if (signature === null || foreign(signature)) {
    warn(findings, 'Reasoning of another provider cannot be continued here; left out.')
    return null
  }
  return {
    type: 'reasoning',
    ...(signature.id === null ? {} : { id: signature.id }),
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    encrypted_content: signature.value,
  }
}

function functionCall(findings: Findings, part: ToolCallPart): JsonObject {
  if (foreign(part.signature)) warnOfSignatures(findings)
  return {
    type: 'function_call',
    call_id: part.id,
    name: part.name,
    arguments: part.input === '' ? '{}' : part.input,
  }
}

function toolOutput(findings: Findings, result: ToolResultPart): JsonObject {
  if (result.isError) {
    warn(findings, 'Tool results cannot be marked as errors here; their text alone says so.')
  }
  return {
    type: 'function_call_output',
    call_id: result.callId,
    output: buildInputContent(findings, result.content),
  }
}

function foreign(signature: ReasoningPart['signature'] | undefined): boolean {
  return (signature ?? null) !== null && signature?.dialect !== 'openai-responses'
}

function warnOfSignatures(findings: Findings): void {
  warn(findings, 'Signatures of another provider mean nothing here; left out.')
}
