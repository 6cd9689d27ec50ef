import { isObject, type JsonObject, parseJson, stringAt } from '../../core/json.ts'

/** The key Anthropic's documentation proposes for input that the model wrote as broken JSON. */
const BROKEN = 'INVALID_JSON'

/** The input of a tool call as an object, which is the only form a `tool_use` block has for it. */
export function toolInput(text: string): JsonObject {
  if (text.trim() === '') return {}
  const value = parseJson(text)
  return isObject(value) ? value : { [BROKEN]: text }
}

/** The text a model wrote as input: the inverse of `toolInput`. */
export function toolInputText(input: JsonObject): string {
  const broken = stringAt(input, BROKEN)
  if (broken !== null && Object.keys(input).length === 1) return broken
  return JSON.stringify(input)
}
