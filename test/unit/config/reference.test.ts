import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  configurationReference,
  configurationSchemaText,
} from '../../../scripts/configuration-reference.ts'
import { configurationJsonSchema } from '../../../src/config/schema.ts'
import { arrayAt, isObject, type JsonValue, objectAt } from '../../../src/core/json.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const committed = (file: string): string => readFileSync(path.join(root, file), 'utf8')

describe('what is generated from the schema is up to date', () => {
  it('schema/waybill.schema.json', () => {
    expect(committed('schema/waybill.schema.json')).toBe(configurationSchemaText())
  })

  it('docs/reference/configuration.md', () => {
    expect(committed('docs/reference/configuration.md')).toBe(configurationReference())
  })
})

describe('the JSON schema', () => {
  const schema: JsonValue = JSON.parse(JSON.stringify(configurationJsonSchema()))

  /** Paths of the fields below a schema for which `wrong` holds. */
  function fieldsWhere(
    wrong: (field: JsonValue) => boolean,
    node: JsonValue = schema,
    place = '',
  ): string[] {
    if (!isObject(node)) return []
    const named = Object.entries(objectAt(node, 'properties') ?? {}).flatMap(([key, field]) => [
      ...(wrong(field ?? null) ? [`${place}.${key}`] : []),
      ...fieldsWhere(wrong, field ?? null, `${place}.${key}`),
    ])
    const others = ['additionalProperties', 'items'].flatMap((key) =>
      fieldsWhere(wrong, node[key] ?? null, `${place}.*`),
    )
    const branches = [
      ...arrayAt(node, 'anyOf'),
      ...Object.values(objectAt(node, 'definitions') ?? {}),
    ].flatMap((one) => fieldsWhere(wrong, one ?? null, place))
    return [...named, ...others, ...branches]
  }

  it('describes every field', () => {
    expect(
      fieldsWhere((field) => typeof objectAt({ field }, 'field')?.['description'] !== 'string'),
    ).toEqual([])
    expect(fieldsWhere(() => true).length).toBeGreaterThan(45)
  })

  it('closes every mapping that has fields, so that editors mark what is misspelled', () => {
    const open = fieldsWhere((field) => {
      const object = objectAt({ field }, 'field')
      return object?.['properties'] !== undefined && object['additionalProperties'] !== false
    })
    expect(open).toEqual([])
  })
})
