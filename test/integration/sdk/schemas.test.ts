import { describe, expect, it } from 'vitest'
import { pairs, startRig } from '../../support/sdk/rig.ts'

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    tags: { type: 'array', items: { type: 'string', enum: ['red', 'blue'] } },
    size: {
      type: 'object',
      properties: { width: { type: 'integer' } },
      required: ['width'],
      additionalProperties: false,
    },
  },
  required: ['name', 'tags', 'size'],
  additionalProperties: false,
}
const answer = { name: 'simulated', tags: ['red'], size: { width: 1 } }

describe.each(pairs)('$title', ({ clientOf, provider, model }) => {
  it.each(['whole', 'streamed'] as const)(
    'is answered in the form of a schema (%s)',
    async (way) => {
      const rig = await startRig()
      const client = clientOf(rig.gateway.url)
      const turns = [{ from: 'user' as const, text: 'Describe it.' }]
      const said = await client[way]({ model: model('small'), turns, schema })
      expect(rig.received(provider).schema).toEqual(schema)
      expect(JSON.parse(said.text)).toEqual(answer)
      expect(said.finish).toBe('stop')
    },
  )
})
