import { describe, expect, it } from 'vitest'
import { constrainedSchema } from '../../../../src/dialects/anthropic/constrained-schema.ts'

const closed = {
  type: 'object',
  properties: { a: { type: 'string' } },
  additionalProperties: false,
}

describe('a schema a model can be held to', () => {
  it('stays as it is where Anthropic knows every word of it', () => {
    expect(constrainedSchema(closed)).toEqual(closed)
  })

  it('is closed, at every depth', () => {
    const schema = {
      type: 'object',
      properties: { list: { type: 'array', items: { type: 'object', properties: {} } } },
      $defs: { one: { anyOf: [{ type: 'object', properties: {} }] } },
    }
    expect(constrainedSchema(schema)).toEqual({
      type: 'object',
      properties: {
        list: {
          type: 'array',
          items: { type: 'object', properties: {}, additionalProperties: false },
        },
      },
      $defs: { one: { anyOf: [{ type: 'object', properties: {}, additionalProperties: false }] } },
      additionalProperties: false,
    })
  })

  it('says limits in words', () => {
    const schema = { type: 'integer', minimum: 1, maximum: 5, description: 'Stars.' }
    expect(constrainedSchema(schema)).toEqual({
      type: 'integer',
      description: 'Stars.\nminimum: 1; maximum: 5.',
    })
    expect(constrainedSchema({ type: 'string', format: 'date' })).toEqual({
      type: 'string',
      format: 'date',
    })
    expect(constrainedSchema({ type: 'string', format: 'postcode' })).toEqual({
      type: 'string',
      description: 'format: "postcode".',
    })
  })

  it('turns oneOf into anyOf', () => {
    expect(constrainedSchema({ oneOf: [{ type: 'string' }, { type: 'null' }] })).toEqual({
      anyOf: [{ type: 'string' }, { type: 'null' }],
    })
  })

  it.each([
    { type: 'object' },
    { type: 'object', additionalProperties: { type: 'string' } },
    { type: 'object', properties: { map: { type: 'object', additionalProperties: true } } },
    { type: 'array', items: { type: 'object', patternProperties: { '^x': {} } } },
  ])('does not exist for keys of the choice of the model: %j', (schema) => {
    expect(constrainedSchema(schema)).toBeNull()
  })
})
