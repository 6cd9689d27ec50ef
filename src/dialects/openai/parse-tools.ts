import type { Tool, ToolChoice } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isObject, objectAt, stringAt } from '../../core/json.ts'
import { cacheMark } from './parse-content.ts'
import type { StrictReading } from './strict-reading.ts'
import { customInputMember } from './tool-call-style.ts'

export interface ToolsAsked {
  readonly tools: Tool[]
  readonly toolChoice: ToolChoice | null
}

/** `tools` and `tool_choice`, or `functions` and `function_call` of before 2024. */
export function parseTools(body: JsonObject, reading: StrictReading): ToolsAsked {
  const tools = reading
    .objects(body, 'tools', 'tools')
    .map(([tool, path]) => parseTool(tool, path, reading))
  const functions = reading
    .objects(body, 'functions', 'functions')
    .map(([tool, path]) => parseFunction(tool, path, {}, reading))
  const all = [...tools, ...functions].filter((tool) => tool !== null)
  const choice = body['tool_choice'] ?? body['function_call']
  if (choice === undefined || choice === null) return { tools: all, toolChoice: null }
  const allowed = objectAt(choice, 'allowed_tools')
  if (allowed !== null) return narrowed(all, allowed, reading)
  return { tools: all, toolChoice: parseChoice(choice, reading) }
}

function parseTool(tool: JsonObject, path: string, reading: StrictReading): Tool | null {
  const holder = tool['function']
  if (isObject(holder)) return parseFunction(holder, `${path}.function`, cacheMark(tool), reading)
  if (tool['type'] === 'function') {
    reading.wrong(`${path}.function`, `\`${path}.function\` must be an object.`)
    return null
  }
  const type = reading.name(tool, 'type', `${path}.type`)
  if (type === 'custom') return parseCustom(tool, path, reading)
  reading.leftOut(`The tool "${type}" runs at its own provider only and was left out.`)
  return null
}

function parseFunction(
  holder: JsonObject,
  path: string,
  cache: { cache?: JsonValue },
  reading: StrictReading,
): Tool {
  return {
    name: reading.name(holder, 'name', `${path}.name`),
    description: reading.text(holder, 'description', `${path}.description`),
    parameters: reading.object(holder, 'parameters', `${path}.parameters`),
    strict: reading.boolean(holder, 'strict', `${path}.strict`),
    ...cache,
  }
}

/** A tool that takes free text becomes a function with that text as its one argument. */
function parseCustom(tool: JsonObject, path: string, reading: StrictReading): Tool {
  const custom = reading.object(tool, 'custom', `${path}.custom`) ?? {}
  const name = reading.name(custom, 'name', `${path}.custom.name`)
  if (stringAt(objectAt(custom, 'format') ?? undefined, 'type') === 'grammar') {
    reading.leftOut(`The grammar of the custom tool "${name}" is not enforced in translation.`)
  }
  return {
    name,
    description: reading.text(custom, 'description', `${path}.custom.description`),
    parameters: {
      type: 'object',
      properties: { [customInputMember]: { type: 'string' } },
      required: [customInputMember],
      additionalProperties: false,
    },
    strict: null,
  }
}

function parseChoice(choice: JsonValue, reading: StrictReading): ToolChoice | null {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice }
  if (choice === 'any') return { type: 'required' }
  const name =
    stringAt(objectAt(choice, 'function') ?? undefined, 'name') ??
    stringAt(objectAt(choice, 'custom') ?? undefined, 'name') ??
    stringAt(choice, 'name')
  if (name !== null) return { type: 'tool', name }
  const known = '"auto", "none", "required" or a tool by name'
  reading.wrong('tool_choice', `\`tool_choice\` must be ${known}.`)
  return null
}

/** `allowed_tools` keeps the list for the cache's sake; in translation the others are left away. */
function narrowed(tools: Tool[], allowed: JsonObject, reading: StrictReading): ToolsAsked {
  const names = reading
    .objects(allowed, 'tools', 'tool_choice.allowed_tools.tools')
    .map(([tool]) =>
      stringAt(objectAt(tool, 'function') ?? objectAt(tool, 'custom') ?? tool, 'name'),
    )
  const mode = allowed['mode'] === 'required' ? 'required' : 'auto'
  return { tools: tools.filter((tool) => names.includes(tool.name)), toolChoice: { type: mode } }
}
