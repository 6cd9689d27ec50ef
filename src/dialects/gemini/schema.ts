import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** `Type` as Google's clients write it with `enum-encoding=int`. */
const typeNumbers = ['', 'string', 'number', 'integer', 'boolean', 'array', 'object', 'null']

/** Limits that protobuf writes as text, being 64-bit integers. */
const integerKeywords = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
])

/** Keywords of JSON schema under their snake_case names in Google's Python clients. */
function keyword(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * JSON schema for Google's subset of OpenAPI: upper-case types, `nullable`, `propertyOrdering`.
 * What is JSON schema already stays as it is, so a mixture reads well too.
 */
export function toJsonSchema(schema: JsonObject): JsonObject {
  const result: JsonObject = {}
  let nullable = false
  for (const [name, value] of Object.entries(schema)) {
    const key = keyword(name)
    if (value === undefined || value === null || key === 'propertyOrdering') continue
    if (key === 'nullable') nullable = value === true
    else if (key === 'example') result['examples'] = [value]
    else if (key === 'format' && value === 'enum') continue
    else result[key] = convert(key, value)
  }
  if (result['type'] === '') delete result['type']
  return nullable ? orNull(result) : result
}

function convert(key: string, value: JsonValue): JsonValue {
  if (key === 'type') return typeName(value)
  if (key === 'properties' || key === '$defs') return mapValues(value, subschema)
  if (key === 'items' || key === 'additionalProperties') return subschema(value)
  if (key === 'anyOf' || key === 'oneOf' || key === 'allOf' || key === 'prefixItems') {
    return Array.isArray(value) ? value.map(subschema) : value
  }
  if (integerKeywords.has(key) && typeof value === 'string') return Number(value)
  return value
}

function typeName(value: JsonValue): JsonValue {
  if (typeof value === 'number') return typeNumbers[value] ?? ''
  if (Array.isArray(value)) return value.map(typeName)
  if (value === 'TYPE_UNSPECIFIED') return ''
  return typeof value === 'string' ? value.toLowerCase() : value
}

function subschema(value: JsonValue): JsonValue {
  return isObject(value) ? toJsonSchema(value) : value
}

function mapValues(value: JsonValue, change: (value: JsonValue) => JsonValue): JsonValue {
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, change(inner ?? null)])
  return Object.fromEntries(entries)
}

function orNull(schema: JsonObject): JsonObject {
  const { type, anyOf, enum: values } = schema
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...anyOf, { type: 'null' }] }
  if (typeof type !== 'string') return schema
  const withNull = Array.isArray(values) ? { enum: [...values, null] } : {}
  return { ...schema, type: [type, 'null'], ...withNull }
}
