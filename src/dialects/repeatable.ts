import { isObject, type JsonValue, stringAt } from '../core/json.ts'
import type { Dialect } from '../core/request.ts'
import type { Members } from './dialect.ts'

/**
 * Whether a chat request can be asked twice and leave nothing behind: no tool is run at the provider,
 * and no reply is kept there. Tools that the client runs do no harm, because it sees one reply only.
 * What is not known is not repeatable.
 */
export function isRepeatable(dialect: Dialect, members: Members): boolean {
  const tools = members.get('tools')
  const declared = Array.isArray(tools) ? tools : []
  switch (dialect) {
    case 'openai':
      return (
        members.get('store') !== true &&
        !members.has('web_search_options') &&
        declared.every(isFunctionOrCustom)
      )
    case 'openai-responses':
      // Kept unless the client says no.
      return (
        members.get('store') === false &&
        members.get('background') !== true &&
        !members.has('conversation') &&
        declared.every(isFunctionOrCustom)
      )
    case 'anthropic':
      return (
        !members.has('mcp_servers') && !members.has('container') && declared.every(isRunByClient)
      )
    case 'gemini':
      return declared.every(declaresFunctionsOnly)
  }
}

function isFunctionOrCustom(tool: JsonValue): boolean {
  const type = stringAt(tool, 'type')
  return type === 'function' || type === 'custom'
}

/** Anthropic's own tools carry a date in their type; these are carried out by the client. */
const clientTools = /^(custom|bash|text_editor|computer|memory)(_|$)/

function isRunByClient(tool: JsonValue): boolean {
  return isObject(tool) && clientTools.test(stringAt(tool, 'type') ?? 'custom')
}

function declaresFunctionsOnly(tool: JsonValue): boolean {
  return (
    isObject(tool) &&
    Object.keys(tool).every(
      (key) => key === 'functionDeclarations' || key === 'function_declarations',
    )
  )
}
