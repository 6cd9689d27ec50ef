import { isObject, type JsonObject, objectAt, stringAt } from '../../core/json.ts'

/** A package's warnings (v2 to v4) as sentences, each once. What is no warning is left out. */
export function readWarnings(warnings: unknown, sdk: string): readonly string[] {
  if (!Array.isArray(warnings)) return []
  const sentences = warnings.map((warning: unknown) => sentenceOf(warning, sdk))
  return [...new Set(sentences.filter((sentence) => sentence !== null))]
}

function sentenceOf(warning: unknown, sdk: string): string | null {
  if (!isObject(warning)) return null
  switch (stringAt(warning, 'type')) {
    case 'unsupported':
      return `${sdk} does not support ${stringAt(warning, 'feature')}${because(warning)}`
    case 'unsupported-setting':
      return `${sdk} does not support ${stringAt(warning, 'setting')}${because(warning)}`
    case 'unsupported-tool': {
      const tool = objectAt(warning, 'tool')
      return `${sdk} does not support the tool ${stringAt(tool ?? {}, 'name')}${because(warning)}`
    }
    case 'compatibility':
      return `${sdk} only imitates ${stringAt(warning, 'feature')}${because(warning)}`
    default: {
      const message = stringAt(warning, 'message')
      return message === null ? null : `${sdk}: ${message}`
    }
  }
}

function because(warning: JsonObject): string {
  const details = stringAt(warning, 'details')
  return details === null ? '.' : `: ${details}`
}
