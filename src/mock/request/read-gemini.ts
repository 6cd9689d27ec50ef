import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, booleanAt, isObject, numberAt, objectAt, stringAt } from '../../core/json.ts'
import type { Ask, AskedMessage, AskedToolChoice, OfferedTool } from './ask.ts'
import type { AskDetails } from './read-openai.ts'
import { filesIn, roleOf, textOf } from './texts.ts'

export function readGemini(body: JsonObject): AskDetails {
  const config = objectAt(body, 'generationConfig') ?? undefined
  const thinking = objectAt(config, 'thinkingConfig') ?? undefined
  return {
    messages: messagesOf(body),
    maxTokens: numberAt(config, 'maxOutputTokens'),
    tools: arrayAt(body, 'tools').flatMap((tool) =>
      arrayAt(tool, 'functionDeclarations').flatMap(toolOf),
    ),
    toolChoice: toolChoiceOf(body),
    parallelTools: true,
    json: jsonOf(config),
    choices: Math.max(1, numberAt(config, 'candidateCount') ?? 1),
    reasoning: booleanAt(thinking, 'includeThoughts') === true,
  }
}

/** `generateContentRequest` wraps the whole request for `countTokens`; `content` is what is embedded. */
function messagesOf(body: JsonObject): AskedMessage[] {
  const inner = objectAt(body, 'generateContentRequest')
  if (inner !== null) return messagesOf(inner)
  const system = objectAt(body, 'systemInstruction') ?? objectAt(body, 'system_instruction')
  const contents = arrayAt(body, 'contents')
  const content = objectAt(body, 'content')
  return [
    ...(system === null ? [] : [{ ...messageOf(system), role: 'system' as const }]),
    ...contents.map(messageOf),
    ...(content === null ? [] : [messageOf(content)]),
  ]
}

function messageOf(content: JsonValue): AskedMessage {
  const parts = arrayAt(content, 'parts')
  const result = parts.map((part) => objectAt(part, 'functionResponse')).find((part) => part)
  if (result) return { role: 'tool', text: textOf(result), files: 0 }
  return { role: roleOf(stringAt(content, 'role')), text: textOf(parts), files: filesIn(parts) }
}

function toolOf(declaration: JsonValue): OfferedTool[] {
  const name = stringAt(declaration, 'name')
  if (name === null) return []
  const schema =
    objectAt(declaration, 'parametersJsonSchema') ?? objectAt(declaration, 'parameters')
  return [{ name, schema }]
}

function toolChoiceOf(body: JsonObject): AskedToolChoice {
  const config =
    objectAt(objectAt(body, 'toolConfig') ?? undefined, 'functionCallingConfig') ?? undefined
  const mode = stringAt(config, 'mode')
  if (mode === 'NONE') return 'none'
  if (mode !== 'ANY') return 'auto'
  const [only, ...others] = arrayAt(config, 'allowedFunctionNames')
  return typeof only === 'string' && others.length === 0 ? { name: only } : 'required'
}

function jsonOf(config: JsonObject | undefined): Ask['json'] {
  if (stringAt(config, 'responseMimeType') !== 'application/json') return false
  const schema = config?.['responseJsonSchema'] ?? config?.['responseSchema']
  return isObject(schema) ? schema : true
}
