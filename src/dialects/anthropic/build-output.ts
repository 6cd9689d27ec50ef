import type { OutputFormat } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Quirks } from '../dialect.ts'
import { constrainedSchema } from './constrained-schema.ts'
import type { ModelTraits } from './model-traits.ts'
import { type Notes, warn } from './notes.ts'

/** How the form of the answer is asked for: as a setting, or in words at the end of `system`. */
export interface BuiltOutput {
  readonly config: { format?: JsonObject }
  readonly instructions: readonly JsonObject[]
}

const JSON_ONLY =
  'Answer with one valid JSON value and nothing else: no explanation, no code fences.'

export function buildOutput(
  notes: Notes,
  output: OutputFormat,
  traits: ModelTraits,
  quirks: Quirks,
): BuiltOutput {
  switch (output.type) {
    case 'text':
      return { config: {}, instructions: [] }
    case 'json':
      warn(notes, 'JSON was asked for in words: Anthropic has no JSON mode without a schema.')
      return { config: {}, instructions: [{ type: 'text', text: JSON_ONLY }] }
    case 'json-schema': {
      const able = traits.jsonSchema && quirks.noJsonSchema !== true
      const schema = able ? constrainedSchema(output.schema) : null
      if (schema !== null) {
        return { config: { format: { type: 'json_schema', schema } }, instructions: [] }
      }
      warn(notes, 'The JSON schema was asked for in words: this model cannot be held to it.')
      return { config: {}, instructions: [{ type: 'text', text: schemaInWords(output) }] }
    }
  }
}

function schemaInWords(output: Extract<OutputFormat, { type: 'json-schema' }>): string {
  const about = output.description === null ? '' : `\nThe JSON is: ${output.description}`
  return `${JSON_ONLY}${about}\nIt must match this JSON schema:\n${JSON.stringify(output.schema)}`
}
