import type { Tool } from '../../core/conversation.ts'
import { isObject, type JsonObject, parseJson, stringAt } from '../../core/json.ts'

/**
 * A custom tool takes free text instead of JSON. Elsewhere it travels as a function with this one
 * string argument, and comes back as the custom call the client expects.
 */
const ARGUMENT = 'input'

export function customAsFunction(tool: JsonObject, name: string): Tool {
  return {
    name,
    description: describe(tool),
    parameters: {
      type: 'object',
      properties: {
        [ARGUMENT]: { type: 'string', description: 'The whole input of the tool, as plain text.' },
      },
      required: [ARGUMENT],
      additionalProperties: false,
    },
    strict: null,
  }
}

/** No other dialect can hold a model to a grammar, so the model is told of it. */
function describe(tool: JsonObject): string | null {
  const description = stringAt(tool, 'description')
  const grammar = grammarOf(tool)
  if (grammar === null) return description
  const rule = `The input must follow this ${grammar.syntax} grammar:\n${grammar.definition}`
  return description === null ? rule : `${description}\n\n${rule}`
}

export function grammarOf(tool: JsonObject): { syntax: string; definition: string } | null {
  const format = tool['format']
  if (stringAt(format, 'type') !== 'grammar') return null
  // The beta of the API nested the two under `grammar`, as Chat Completions still does.
  const holder = isObject(format) && isObject(format['grammar']) ? format['grammar'] : format
  return {
    syntax: stringAt(holder, 'syntax') ?? 'given',
    definition: stringAt(holder, 'definition') ?? '',
  }
}

export const customInputAsJson = (input: string): string => JSON.stringify({ [ARGUMENT]: input })

/** The free text in a call's JSON; the JSON itself where a model wrote something else. */
export function customInputOf(json: string): string {
  return stringAt(parseJson(json), ARGUMENT) ?? json
}
