import type { JsonValue } from '../../core/json.ts'
import { arrayAt, isObject, stringAt } from '../../core/json.ts'
import type { AskedMessage } from './ask.ts'

/** All text in a content of any dialect (a string, parts, nested results), joined by line breaks. */
export function textOf(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content
  if (Array.isArray(content))
    return content
      .map(textOf)
      .filter((text) => text !== '')
      .join('\n')
  if (!isObject(content)) return ''
  const text = stringAt(content, 'text')
  if (text !== null) return text
  for (const name of ['content', 'output', 'parts', 'response', 'result']) {
    const inner = content[name]
    if (inner !== undefined && inner !== null) {
      const nested = textOf(inner)
      return nested === '' && isObject(inner) ? JSON.stringify(inner) : nested
    }
  }
  return ''
}

const filePart = /^(image|image_url|input_image|input_file|document|file|input_audio)$/

/** Parts of a content that carry a file: an image, a document, audio. */
export function filesIn(content: JsonValue | undefined): number {
  if (!Array.isArray(content)) return 0
  return content.filter((part) => {
    if (!isObject(part)) return false
    return filePart.test(stringAt(part, 'type') ?? '') || 'inlineData' in part || 'fileData' in part
  }).length
}

const roles: ReadonlyMap<string, AskedMessage['role']> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'assistant'],
  ['model', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
])

export function roleOf(role: string | null): AskedMessage['role'] {
  return roles.get(role ?? '') ?? 'user'
}

/** True where a list of parts has one of this type. */
export function hasPart(content: JsonValue | undefined, type: string): boolean {
  return arrayAt({ content }, 'content').some((part) => stringAt(part, 'type') === type)
}
