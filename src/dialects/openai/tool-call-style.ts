import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, objectAt, parseJson, stringAt } from '../../core/json.ts'

/**
 * * How the client wrote its tools decides how it reads calls: as `tool_calls` of functions, as
 * calls of custom tools (free text instead of JSON), or as the one `function_call` of before 2024.
 */
export interface ToolCallStyle {
  readonly legacy: boolean
  /** Names of tools that take free text. */
  readonly custom: ReadonlySet<string>
}

export function toolCallStyle(requestBody: JsonObject): ToolCallStyle {
  const tools = arrayAt(requestBody, 'tools')
  const custom = tools.map(customToolName).filter((name) => name !== null)
  return {
    legacy: tools.length === 0 && arrayAt(requestBody, 'functions').length > 0,
    custom: new Set(custom),
  }
}

/** The member a custom tool's text travels in where only JSON input exists. */
export const customInputMember = 'input'

/** The free text inside the JSON input of a custom tool; the input itself where it is not that. */
export function customInput(input: string): string {
  return stringAt(parseJson(input), customInputMember) ?? input
}

function customToolName(tool: JsonValue): string | null {
  if (stringAt(tool, 'type') !== 'custom') return null
  return stringAt(objectAt(tool, 'custom') ?? undefined, 'name')
}
