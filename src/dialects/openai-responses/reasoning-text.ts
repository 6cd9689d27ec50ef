import { arrayAt, type JsonObject, type JsonValue, stringAt } from '../../core/json.ts'

/** What stands between the parts of a summary, which have no order of their own in plain text. */
export const summarySeparator = '\n\n'

/** The text of a reasoning item: the reasoning itself where it is shown, else its summary. */
export function reasoningText(item: JsonObject): string {
  return joined(arrayAt(item, 'content')) || joined(arrayAt(item, 'summary'))
}

function joined(parts: readonly JsonValue[]): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : (stringAt(part, 'text') ?? '')))
    .filter((text) => text !== '')
    .join(summarySeparator)
}
