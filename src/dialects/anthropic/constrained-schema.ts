import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** Keywords of JSON schema that Anthropic's constrained output understands. */
const kept = new Set([
  '$schema',
  '$id',
  '$ref',
  'title',
  'description',
  'default',
  'const',
  'enum',
  'type',
  'required',
])

/** Keywords that hold a list of schemas, or schemas by name; `items` holds one. */
const nestedList = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
const nestedByName = new Set(['properties', '$defs', 'definitions'])

const knownFormats = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])

/**
 * A schema Anthropic can hold a model to, or null where there is none. Its grammar knows closed
 * objects only, and refuses limits of size and pattern: those move into the description, which the
 * model reads. An object with keys of the model's choice would come out empty.
 */
export function constrainedSchema(schema: JsonObject): JsonObject | null {
  return hasOpenObject(schema) ? null : constrain(schema)
}

function hasOpenObject(schema: JsonObject): boolean {
  if (isOpenObject(schema)) return true
  return nestedSchemas(schema).some(hasOpenObject)
}

function isOpenObject(schema: JsonObject): boolean {
  const open = schema['additionalProperties']
  if (isObject(open) || open === true || isObject(schema['patternProperties'])) return true
  return schema['type'] === 'object' && !isObject(schema['properties']) && open !== false
}

function nestedSchemas(schema: JsonObject): JsonObject[] {
  return Object.entries(schema).flatMap(([keyword, value]): JsonObject[] => {
    if (keyword === 'items') return isObject(value) ? [value] : []
    if (nestedList.has(keyword)) return Array.isArray(value) ? value.filter(isObject) : []
    if (nestedByName.has(keyword))
      return isObject(value) ? Object.values(value).filter(isObject) : []
    return []
  })
}

function constrain(schema: JsonObject): JsonObject {
  const constrained: JsonObject = {}
  const inWords: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (kept.has(keyword)) constrained[keyword] = value
    else if (keyword === 'items') constrained[keyword] = constrainValue(value)
    else if (nestedList.has(keyword)) {
      constrained[keyword === 'oneOf' ? 'anyOf' : keyword] = constrainList(value)
    } else if (nestedByName.has(keyword)) constrained[keyword] = constrainByName(value)
    else if (keyword === 'format' && typeof value === 'string' && knownFormats.has(value)) {
      constrained[keyword] = value
    } else if (keyword !== 'additionalProperties' && value !== undefined && value !== false) {
      inWords.push(`${keyword}: ${JSON.stringify(value)}`)
    }
  }
  if (schema['type'] === 'object' || isObject(schema['properties'])) {
    constrained['additionalProperties'] = false
  }
  if (inWords.length > 0) constrained['description'] = described(schema, inWords)
  return constrained
}

function constrainValue(value: JsonValue | undefined): JsonValue | undefined {
  return isObject(value) ? constrain(value) : value
}

function constrainList(value: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(value)
    ? value.map((item) => (isObject(item) ? constrain(item) : item))
    : value
}

function constrainByName(value: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, constrainValue(item)]),
  )
}

function described(schema: JsonObject, inWords: readonly string[]): string {
  const own = schema['description']
  const added = `${inWords.join('; ')}.`
  return typeof own === 'string' && own !== '' ? `${own}\n${added}` : added
}
