import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../core/json.ts'
import { formatPath, type Path } from './problem.ts'
import { configurationJsonSchema } from './schema.ts'

/** The keys that may stand at a path, for "did you mean". Empty where any key may. */
export function knownKeysAt(path: Path): string[] {
  return schemasAt(path).flatMap((schema) => Object.keys(propertiesOf(schema)))
}

/**
 * Where a key belongs that was written at `parent` by mistake: below it, else directly in what
 * encloses it. `models.<name>` for `hedge` at the top; null where it belongs nowhere near, empty for
 * the top.
 */
export function placeOfKey(parent: Path, key: string): string | null {
  const below = pathBelow(schemasAt(parent), key)
  if (below !== null)
    return [...(parent.length === 0 ? [] : [formatPath(parent)]), ...below].join('.')
  for (let length = parent.length - 1; length >= 0; length--) {
    const outer = parent.slice(0, length)
    if (knownKeysAt(outer).includes(key)) return formatPath(outer)
  }
  return null
}

interface Below {
  readonly path: readonly string[]
  readonly schema: JsonValue
}

/** Farther away a key of the same name is another one. */
const deepest = 3

/** The shortest way down to a mapping that has the key. */
function pathBelow(from: readonly JsonValue[], key: string): string[] | null {
  let level = from.map((schema): Below => ({ path: [], schema }))
  for (let depth = 0; depth < deepest; depth++) {
    level = level.flatMap(({ path, schema }) => {
      const inner = isObject(schema) ? alternatives(schema['additionalProperties']) : []
      return [
        ...Object.entries(propertiesOf(schema)).flatMap(([step, one]) =>
          alternatives(one).map((found) => ({ path: [...path, step], schema: found })),
        ),
        ...inner.map((found) => ({ path: [...path, '<name>'], schema: found })),
      ]
    })
    const found = level.find(({ schema }) => Object.hasOwn(propertiesOf(schema), key))
    if (found !== undefined) return [...found.path]
  }
  return null
}

function schemasAt(path: Path): JsonValue[] {
  const root: JsonValue = JSON.parse(JSON.stringify(configurationJsonSchema()))
  let schemas = alternatives(root)
  for (const step of path) {
    schemas = schemas.flatMap((schema) => alternatives(resolved(inside(schema, step), root)))
  }
  return schemas
}

/** What a `$ref` stands for: a schema that several places share. */
function resolved(schema: JsonValue | undefined, root: JsonValue): JsonValue | undefined {
  const name = /^#\/definitions\/(.+)$/.exec(stringAt(schema, '$ref') ?? '')?.[1]
  return name === undefined ? schema : (objectAt(root, 'definitions')?.[name] ?? undefined)
}

function propertiesOf(schema: JsonValue): JsonObject {
  return objectAt(schema, 'properties') ?? {}
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
