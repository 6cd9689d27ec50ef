import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import type {
  AssistantPart,
  FilePart,
  Message,
  TextPart,
  ToolResultPart,
} from '../../core/conversation.ts'
import { parseJson } from '../../core/json.ts'
import { buildFile } from './prompt-file.ts'
import { optionsOf, providerOptionsOf } from './provider-metadata.ts'

/** What building a prompt needs beside the messages. */
interface PromptContext {
  readonly sdk: string
  readonly warnings: Set<string>
  /** Tool call id → tool name, for results that do not repeat it. */
  readonly toolNames: ReadonlyMap<string, string>
}

type AssistantMessage = Extract<LanguageModelV4Message, { role: 'assistant' }>
type SdkAssistantPart = AssistantMessage['content'][number]

/**
 * Messages as an AI SDK prompt. Throws a RefusedPart for what no package can take. System messages
 * go to the front, because several packages (Bedrock, Vertex, Anthropic) refuse them elsewhere.
 */
export function buildPrompt(
  messages: readonly Message[],
  sdk: string,
  warnings: Set<string>,
): LanguageModelV4Prompt {
  const context: PromptContext = { sdk, warnings, toolNames: toolNamesIn(messages) }
  const firstOther = messages.findIndex((message) => message.role !== 'system')
  if (firstOther >= 0 && messages.slice(firstOther).some((message) => message.role === 'system')) {
    warnings.add('System messages between other messages were moved to the start.')
  }
  const system = messages.flatMap((message) =>
    message.role === 'system' ? systemMessages(message.content) : [],
  )
  return [...system, ...messages.flatMap((message) => otherMessage(message, context))]
}

/** A cache mark ends a system message, since it belongs to the whole message there. */
function systemMessages(parts: readonly TextPart[]): LanguageModelV4Message[] {
  const built: LanguageModelV4Message[] = []
  let open: string[] = []
  for (const part of parts) {
    open.push(part.text)
    if (part.cache === undefined) continue
    built.push({ role: 'system', content: open.join('\n\n'), ...optionsOf(null, part.cache) })
    open = []
  }
  if (open.length > 0) built.push({ role: 'system', content: open.join('\n\n') })
  return built
}

function otherMessage(message: Message, context: PromptContext): LanguageModelV4Message[] {
  switch (message.role) {
    case 'system':
      return []
    case 'user':
      return [{ role: 'user', content: message.content.map((part) => contentPart(part, context)) }]
    case 'assistant': {
      const content = message.content.flatMap((part) => assistantPart(part, context))
      return content.length === 0 ? [] : [{ role: 'assistant', content }]
    }
    case 'tool':
      return [{ role: 'tool', content: message.content.map((part) => toolResult(part, context)) }]
  }
}

function assistantPart(part: AssistantPart, context: PromptContext): SdkAssistantPart[] {
  switch (part.type) {
    case 'text':
    case 'file':
      return [contentPart(part, context)]
    case 'refusal':
      return [{ type: 'text', text: part.text }]
    case 'reasoning': {
      const providerOptions = providerOptionsOf(part.signature, context.sdk)
      if (providerOptions !== null) return [{ type: 'reasoning', text: part.text, providerOptions }]
      // Unsigned or foreign reasoning makes signing providers refuse the whole request.
      context.warnings.add('Reasoning that did not come from this provider was left out.')
      return []
    }
    case 'tool-call': {
      const input = parseJson(part.input === '' ? '{}' : part.input)
      return [
        {
          type: 'tool-call',
          toolCallId: part.id,
          toolName: part.name,
          // Invalid JSON goes on as text: packages wrap it (Bedrock) or send it as it is (Mistral).
          input: input === undefined ? part.input : input,
          ...optionsOf(providerOptionsOf(part.signature, context.sdk), part.cache),
        },
      ]
    }
  }
}

function contentPart(
  part: TextPart | FilePart,
  context: PromptContext,
): LanguageModelV4TextPart | LanguageModelV4FilePart {
  if (part.type === 'file') {
    if ((part.detail ?? null) !== null) {
      context.warnings.add(`The image detail \`${part.detail}\` was left out.`)
    }
    return buildFile(part, context.sdk)
  }
  const options = optionsOf(providerOptionsOf(part.signature, context.sdk), part.cache)
  return { type: 'text', text: part.text, ...options }
}

function toolResult(part: ToolResultPart, context: PromptContext): LanguageModelV4ToolResultPart {
  const toolName = part.name === '' ? (context.toolNames.get(part.callId) ?? '') : part.name
  return {
    type: 'tool-result',
    toolCallId: part.callId,
    toolName,
    output: resultOutput(part, context),
    ...optionsOf(null, part.cache),
  }
}

function resultOutput(
  part: ToolResultPart,
  context: PromptContext,
): LanguageModelV4ToolResultPart['output'] {
  const texts = part.content.filter((content) => content.type === 'text')
  if (texts.length === part.content.length) {
    const value = texts.map((content) => content.text).join('\n')
    return { type: part.isError ? 'error-text' : 'text', value }
  }
  if (part.isError) context.warnings.add('That a tool result with files is an error was left out.')
  return { type: 'content', value: part.content.map((content) => contentPart(content, context)) }
}

function toolNamesIn(messages: readonly Message[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const message of messages) {
    if (message.role !== 'assistant') continue
    for (const part of message.content) {
      if (part.type === 'tool-call') names.set(part.id, part.name)
    }
  }
  return names
}
