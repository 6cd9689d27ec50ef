import { z } from 'zod'
import { isObject, type JsonObject, type JsonValue, objectAt } from '../../core/json.ts'
import { asksInQuery, type Operation } from './contract/operation.ts'
import { operations } from './contract/operations.ts'
import { problemBody, problemStatus } from './contract/problem.ts'

export const openApiPath = '/api/v1/openapi.json'

/** The contract as an OpenAPI 3.1 document. */
export function openApiDocument(): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const operation of operations) {
    const path = paths[operation.path] ?? {}
    path[operation.method.toLowerCase()] = described(operation)
    paths[operation.path] = path
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Waybill admin API', version: 'v1' },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: jsonSchema(problemBody, 'output') },
    },
  }
}

function described(operation: Operation): JsonObject {
  const { id, summary, input, reply } = operation
  const asked = jsonSchema(input, 'input')
  return {
    operationId: id,
    summary,
    ...(asksInQuery(operation)
      ? { parameters: parametersOf(asked) }
      : { requestBody: { required: true, content: json(asked) } }),
    responses: {
      200: { description: 'Done', content: json(jsonSchema(reply, 'output')) },
      default: {
        description: `Refused: ${[...new Set(Object.values(problemStatus))].join(', ')}`,
        content: json({ $ref: '#/components/schemas/Problem' }),
      },
    },
  }
}

function parametersOf(schema: JsonObject): JsonValue[] {
  return Object.entries(objectAt(schema, 'properties') ?? {}).map(([name, field]) => {
    const { description, ...own } = isObject(field) ? field : {}
    return { name, in: 'query', ...(description === undefined ? {} : { description }), schema: own }
  })
}

function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...made } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  const plain: JsonValue = JSON.parse(JSON.stringify(made))
  return isObject(plain) ? plain : {}
}
