import type { Tool, ToolChoice } from '../../core/conversation.ts'
import { arrayAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'
import { customAsFunction, grammarOf } from './custom-tools.ts'
import { carriedName } from './declared-tools.ts'
import {
  type Findings,
  optionalBoolean,
  optionalString,
  refuse,
  requiredString,
  warn,
  wrongType,
} from './findings.ts'

/** The tools a request offers, reduced to those its `tool_choice` allows. */
export function parseTools(findings: Findings, body: JsonObject): Tool[] {
  const list = body['tools'] ?? []
  if (!Array.isArray(list)) {
    wrongType(findings, 'tools', 'an array', list)
    return []
  }
  const tools = list.flatMap((tool, index) => parseTool(findings, tool, `tools[${index}]`, null))
  const allowed = allowedNames(body['tool_choice'])
  return allowed === null ? tools : tools.filter((tool) => allowed.has(tool.name))
}

function parseTool(
  findings: Findings,
  tool: JsonValue,
  path: string,
  namespace: string | null,
): Tool[] {
  if (!isObject(tool)) {
    wrongType(findings, path, 'an object', tool)
    return []
  }
  const type = requiredString(findings, tool, 'type', path)
  if (type === 'function') return [parseFunction(findings, tool, path, namespace)]
  if (type === 'custom') return [parseCustom(findings, tool, path, namespace)]
  if (type === 'namespace' && namespace === null) return parseNamespace(findings, tool, path)
  refuse(
    findings,
    `${path}.type`,
    `The tool "${type}" is run by the provider itself and cannot be carried to a model behind ` +
      'another API. Leave the tool out, or ask for a model whose provider has the Responses API.',
  )
  return []
}

/** The tools of a namespace, under names that hold it. */
function parseNamespace(findings: Findings, group: JsonObject, path: string): Tool[] {
  const name = requiredString(findings, group, 'name', path)
  if (stringAt(group, 'description') !== null) {
    warn(findings, `The description of the tool namespace "${name}" is left out.`)
  }
  return arrayAt(group, 'tools').flatMap((tool, index) =>
    parseTool(findings, tool, `${path}.tools[${index}]`, name),
  )
}

function parseFunction(
  findings: Findings,
  tool: JsonObject,
  path: string,
  namespace: string | null,
): Tool {
  const parameters = tool['parameters'] ?? null
  if (parameters !== null && !isObject(parameters)) {
    wrongType(findings, `${path}.parameters`, 'a JSON schema object', parameters)
  }
  return {
    name: carriedName(requiredString(findings, tool, 'name', path), namespace),
    description: optionalString(findings, tool['description'], `${path}.description`),
    parameters: isObject(parameters) ? parameters : null,
    strict: optionalBoolean(findings, tool['strict'], `${path}.strict`),
  }
}

function parseCustom(
  findings: Findings,
  tool: JsonObject,
  path: string,
  namespace: string | null,
): Tool {
  const name = requiredString(findings, tool, 'name', path)
  if (grammarOf(tool) !== null) {
    warn(
      findings,
      `The grammar of the custom tool "${name}" is described to the model but not enforced.`,
    )
  }
  return customAsFunction(tool, carriedName(name, namespace))
}

export function parseToolChoice(findings: Findings, body: JsonObject): ToolChoice | null {
  const choice = body['tool_choice'] ?? null
  if (choice === null) return null
  const word = typeof choice === 'string' ? choice : stringAt(choice, 'mode')
  if (typeof choice === 'string' || stringAt(choice, 'type') === 'allowed_tools') {
    if (word === 'auto' || word === 'none' || word === 'required') return { type: word }
    wrongType(findings, 'tool_choice', '"auto", "none", "required" or an object', word)
    return null
  }
  if (!isObject(choice)) {
    wrongType(findings, 'tool_choice', 'a string or an object', choice)
    return null
  }
  const type = requiredString(findings, choice, 'type', 'tool_choice')
  if (type === 'function' || type === 'custom') {
    const name = requiredString(findings, choice, 'name', 'tool_choice')
    return { type: 'tool', name: carriedName(name, stringAt(choice, 'namespace')) }
  }
  refuse(
    findings,
    'tool_choice.type',
    `"tool_choice" asks for the provider's own tool "${type}", which only a provider with the ` +
      'Responses API can run. Choose a function, "auto", "none" or "required".',
  )
  return null
}

function allowedNames(choice: JsonValue | undefined): ReadonlySet<string> | null {
  if (stringAt(choice, 'type') !== 'allowed_tools') return null
  const names = arrayAt(choice, 'tools').map((tool) =>
    carriedName(stringAt(tool, 'name') ?? '', stringAt(tool, 'namespace')),
  )
  return new Set(names)
}
