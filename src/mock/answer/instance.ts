import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, isObject, numberAt, objectAt, stringAt } from '../../core/json.ts'

/** Recursive schemas end here. */
const DEEPEST = 12

/** The smallest value a JSON schema allows, as far as it can be found without solving it. */
export function instanceOf(schema: JsonObject): JsonValue {
  return instance(schema, schema, 0)
}

function instance(schema: JsonValue | undefined, root: JsonObject, depth: number): JsonValue {
  if (!isObject(schema) || depth > DEEPEST) return null
  const fixed = fixedValue(schema)
  if (fixed !== undefined) return fixed
  const target = resolve(schema, root)
  if (target !== null) return instance(target, root, depth + 1)
  const [first] = [...arrayAt(schema, 'anyOf'), ...arrayAt(schema, 'oneOf')]
  if (first !== undefined)
    return instance({ ...schema, ...asObject(first), ...noUnion }, root, depth + 1)
  const all = arrayAt(schema, 'allOf')
  if (all.length > 0) return instance(merged(schema, all, root), root, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return objectInstance(schema, root, depth)
    case 'array':
      return arrayInstance(schema, root, depth)
    case 'integer':
      return numberInstance(schema, 1)
    case 'number':
      return numberInstance(schema, 0.5)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return stringInstance(schema)
  }
}

const noUnion = { anyOf: undefined, oneOf: undefined }

function asObject(value: JsonValue): JsonObject {
  return isObject(value) ? value : {}
}

function fixedValue(schema: JsonObject): JsonValue | undefined {
  if (schema['const'] !== undefined) return schema['const']
  const [first] = arrayAt(schema, 'enum')
  return first ?? schema['default']
}

/** `#/$defs/name` and the like; null where there is no reference, or it leads nowhere. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject | null {
  const reference = stringAt(schema, '$ref')
  if (reference === null || !reference.startsWith('#')) return null
  let found: JsonValue | undefined = root
  for (const step of reference
    .slice(1)
    .split('/')
    .filter((name) => name !== '')) {
    found = isObject(found) ? found[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  }
  return isObject(found) ? found : null
}

function merged(schema: JsonObject, all: readonly JsonValue[], root: JsonObject): JsonObject {
  const result: JsonObject = { ...schema, allOf: undefined }
  for (const part of all) {
    const known = asObject(part)
    const piece = resolve(known, root) ?? known
    const properties = { ...objectAt(result, 'properties'), ...objectAt(piece, 'properties') }
    const required = [...arrayAt(result, 'required'), ...arrayAt(piece, 'required')]
    Object.assign(result, piece, { properties, required })
  }
  return result
}

/** Gemini writes types in capitals; a list of types is answered with its first. */
function typeOf(schema: JsonObject): string {
  const type = schema['type']
  const name = Array.isArray(type) ? type.find((one) => one !== 'null') : type
  if (typeof name === 'string') return name.toLowerCase()
  if (schema['properties'] !== undefined) return 'object'
  return schema['items'] === undefined ? 'string' : 'array'
}

function objectInstance(schema: JsonObject, root: JsonObject, depth: number): JsonObject {
  const properties = objectAt(schema, 'properties') ?? {}
  const required = schema['required']
  const names = Array.isArray(required)
    ? required.filter((name) => typeof name === 'string')
    : Object.keys(properties)
  return Object.fromEntries(
    names.map((name) => [name, instance(properties[name], root, depth + 1)]),
  )
}

function arrayInstance(schema: JsonObject, root: JsonObject, depth: number): JsonValue[] {
  const least = Math.max(1, numberAt(schema, 'minItems') ?? 1)
  const most = numberAt(schema, 'maxItems') ?? least
  const prefix = arrayAt(schema, 'prefixItems')
  return Array.from({ length: Math.min(least, most) }, (_, index) =>
    instance(prefix[index] ?? schema['items'], root, depth + 1),
  )
}

function numberInstance(schema: JsonObject, usual: number): number {
  const least = numberAt(schema, 'minimum')
  const above = numberAt(schema, 'exclusiveMinimum')
  const most = numberAt(schema, 'maximum')
  const step = numberAt(schema, 'multipleOf')
  let value = least ?? (above === null ? usual : above + usual)
  if (step !== null && step > 0) value = Math.ceil(value / step) * step
  return most !== null && value > most ? most : value
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  duration: 'P1D',
  email: 'someone@example.com',
  hostname: 'example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
}

function stringInstance(schema: JsonObject): string {
  const known = formats[stringAt(schema, 'format') ?? '']
  if (known !== undefined) return known
  const least = numberAt(schema, 'minLength') ?? 0
  const most = numberAt(schema, 'maxLength') ?? Number.POSITIVE_INFINITY
  return 'simulated'.padEnd(least, '.').slice(0, most)
}
