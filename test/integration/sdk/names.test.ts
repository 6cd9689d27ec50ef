import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { clients } from '../../support/sdk/clients.ts'
import { startRig } from '../../support/sdk/rig.ts'
import type { Turn } from '../../support/sdk/talk.ts'

const hello: Turn = { from: 'user', text: 'Hello' }
const models = `models:
  fast: { description: Quick and cheap, aliases: [quick], targets: [chat/small] }
  careful: { targets: [messages/large] }
`

describe.each(clients)('$name', ({ of }) => {
  it.each([
    ['a public name', 'fast', 'alias'],
    ['a synonym', 'quick', 'alias'],
    ['provider/model', 'chat/small', 'target'],
    ['provider/model that is not configured', 'chat/org/other:free', 'target'],
    ['a bare id that is configured', 'large', 'model-id'],
    ['a public name as Gemini writes it', 'models/fast', 'alias'],
    ['provider/model as Gemini writes it', 'models/chat/small', 'target'],
  ])('finds a model by %s', async (_, model, resolvedAs) => {
    const rig = await startRig(models)
    const client = of(rig.gateway.url)
    const said = await client.whole({ model, turns: [hello] })
    const record = await rig.record()
    // Google's SDK adds the prefix to the path where it is missing, and nothing where it is not.
    const asked = client.dialect === 'gemini' ? model.replace(/^models\//, '') : model
    expect(record).toMatchObject({ model: asked, resolvedAs, outcome: 'success' })
    expect(said.headers).toMatchObject({
      'x-waybill-model': asked,
      'x-waybill-target': record.target,
      'x-waybill-id': record.id,
      'x-waybill-attempts': '1',
      'x-waybill-policy': 'default',
    })
    expect(rig.mock.log.requests()[0]?.model).toBe(record.target?.replace(/^[^/]+\//, ''))
    // What is translated shows the name it was asked by.
    expect(said.model).toBe(record.translated ? asked : rig.mock.log.requests()[0]?.model)
  })

  it.each([
    ['fats', '"fast"'],
    ['chat2/small', '"chat/small"'],
    ['carefull', '"careful"'],
  ])('raises 404 for %s and names %s', async (model, near) => {
    const rig = await startRig(models)
    const client = of(rig.gateway.url)
    for (const way of ['whole', 'streamed'] as const) {
      const error: unknown = await client[way]({ model, turns: [hello] }).catch((it) => it)
      const raised = client.raised(error)
      expect(raised).toMatchObject({ status: 404, name: client.errorName(404) })
      expect(raised?.message.replaceAll('\\"', '"')).toContain(`Did you mean ${near}`)
      expect(raised?.word).toMatch(/^(model_not_found|not_found_error|NOT_FOUND)$/)
    }
    expect(rig.mock.log.requests()).toEqual([])
    expect(await rig.record()).toMatchObject({
      status: 404,
      outcome: 'failure',
      failureClass: 'model_not_found',
      attempts: [],
    })
  })
})

describe('the list of models', () => {
  const listed = ['fast', 'quick', 'careful', 'chat/small', 'messages/large']

  it('is shown to the OpenAI SDK', async () => {
    const { gateway } = await startRig(models)
    const sdk = new OpenAI({ apiKey: 'none', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    const ids: string[] = []
    for await (const model of sdk.models.list()) ids.push(model.id)
    expect(ids).toEqual(listed)
    expect(await sdk.models.retrieve('quick')).toMatchObject({ id: 'quick', object: 'model' })
    await expect(sdk.models.retrieve('fats')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })

  it('is shown to the Anthropic SDK', async () => {
    const { gateway } = await startRig(models)
    const sdk = new Anthropic({ apiKey: 'none', baseURL: gateway.url, maxRetries: 0 })
    const ids: string[] = []
    for await (const model of sdk.models.list()) ids.push(model.id)
    expect(ids).toEqual(listed)
    expect(await sdk.models.retrieve('fast')).toMatchObject({
      id: 'fast',
      type: 'model',
      display_name: 'Quick and cheap',
    })
    await expect(sdk.models.retrieve('fats')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
  })

  it('is shown to the Gemini SDK', async () => {
    const { gateway } = await startRig(models)
    const sdk = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: gateway.url } })
    const names: (string | undefined)[] = []
    for await (const model of await sdk.models.list()) names.push(model.name)
    expect(names).toEqual(listed.map((id) => `models/${id}`))
    expect(await sdk.models.get({ model: 'chat/small' })).toMatchObject({
      name: 'models/chat/small',
    })
    await expect(sdk.models.get({ model: 'fats' })).rejects.toMatchObject({ status: 404 })
  })
})
