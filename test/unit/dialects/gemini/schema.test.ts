import { describe, expect, it } from 'vitest'
import { toJsonSchema } from '../../../../src/dialects/gemini/schema.ts'

describe("JSON schema from Google's schema", () => {
  it('lowers types at every depth and turns nullable into a type', () => {
    expect(
      toJsonSchema({
        type: 'OBJECT',
        properties: {
          type: { type: 'STRING', nullable: true, enum: ['a', 'b'], format: 'enum' },
          list: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '1', max_items: '3' },
          either: { any_of: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true },
          example: { type: 'BOOLEAN', example: true },
        },
        required: ['type'],
        propertyOrdering: ['type', 'list'],
      }),
    ).toEqual({
      type: 'object',
      properties: {
        type: { type: ['string', 'null'], enum: ['a', 'b', null] },
        list: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 3 },
        either: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
        example: { type: 'boolean', examples: [true] },
      },
      required: ['type'],
    })
  })

  it('reads types written as numbers', () => {
    expect(toJsonSchema({ type: 6, properties: { a: { type: 1 }, b: { type: 0 } } })).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: {} },
    })
  })

  it('leaves JSON schema as it is', () => {
    const schema = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/A' }, b: { type: ['string', 'null'], default: 'X' } },
      $defs: { A: { type: 'object', additionalProperties: { type: 'string' } } },
      additionalProperties: false,
    }
    expect(toJsonSchema(schema)).toEqual(schema)
  })
})
