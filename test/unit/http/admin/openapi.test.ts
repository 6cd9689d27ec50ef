import { describe, expect, it } from 'vitest'
import { arrayAt, isObject, type JsonValue, objectAt, stringAt } from '../../../../src/core/json.ts'
import { asksInQuery } from '../../../../src/http/admin/contract/operation.ts'
import { operations } from '../../../../src/http/admin/contract/operations.ts'
import { openApiDocument } from '../../../../src/http/admin/openapi.ts'

const document = openApiDocument()

/** Every value of a document, the document itself first. */
function* all(value: JsonValue | undefined): Generator<JsonValue> {
  if (value === undefined) return
  yield value
  const inner = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []
  for (const one of inner) yield* all(one)
}

describe('the OpenAPI document', () => {
  it('is one of version 3.1 that asks for a token everywhere', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', security: [{ token: [] }] })
  })

  it.each(operations)('describes $method $path', (operation) => {
    const path = objectAt(objectAt(document, 'paths') ?? {}, operation.path) ?? {}
    const described = objectAt(path, operation.method.toLowerCase())
    expect(stringAt(described ?? {}, 'operationId')).toBe(operation.id)
    expect(stringAt(described ?? {}, 'summary')).toBe(operation.summary)
    expect(objectAt(objectAt(described ?? {}, 'responses') ?? {}, '200')).not.toBeNull()
    const names = Object.keys(operation.input.shape)
    if (asksInQuery(operation)) {
      const parameters = arrayAt(described ?? {}, 'parameters')
      expect(parameters.map((one) => stringAt(one, 'name'))).toEqual(names)
    } else {
      expect(JSON.stringify(objectAt(described ?? {}, 'requestBody'))).toContain(names[0])
    }
  })

  it('says what each operation is called once', () => {
    const ids = operations.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const places = operations.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(places).size).toBe(places.length)
  })

  it('refers to nothing that is not there', () => {
    const references = [...all(document)].flatMap((value) => stringAt(value, '$ref') ?? [])
    expect(references.length).toBeGreaterThan(0)
    for (const reference of references) {
      const found = reference
        .split('/')
        .slice(1)
        .reduce<JsonValue | undefined>(
          (at, step) => (isObject(at) ? at[step] : undefined),
          document,
        )
      expect(found, reference).toBeDefined()
    }
  })

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
  })
})
