import { isObject, type JsonValue, objectAt } from '../core/json.ts'
import type { Path } from './problem.ts'
import { configurationJsonSchema } from './schema.ts'

/** The keys that may stand at a path, for "did you mean". Empty where any key may. */
export function knownKeysAt(path: Path): string[] {
  const root: JsonValue = JSON.parse(JSON.stringify(configurationJsonSchema()))
  let schemas = alternatives(root)
  for (const step of path) {
    schemas = schemas.flatMap((schema) => alternatives(inside(schema, step)))
  }
  return schemas.flatMap((schema) => Object.keys(objectAt(schema, 'properties') ?? {}))
}

function inside(schema: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (!isObject(schema)) return undefined
  if (typeof step === 'number') return schema['items']
  return objectAt(schema, 'properties')?.[step] ?? schema['additionalProperties']
}

function alternatives(schema: JsonValue | undefined): JsonValue[] {
  if (!isObject(schema)) return []
  const several = schema['anyOf']
  return Array.isArray(several) ? several : [schema]
}
