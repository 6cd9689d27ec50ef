import type { JsonObject } from '../../core/json.ts'
import type { Dialect } from '../../core/request.ts'

/** Models the mock lists beside those its options name. It answers to any name. */
export const usualModels = ['mock-small', 'mock-large', 'mock-reason', 'mock-tools2', 'mock-cached']

export function modelList(
  dialect: Dialect,
  models: readonly string[],
  createdS: number,
): JsonObject {
  const data = models.map((model) => modelEntry(dialect, model, createdS))
  if (dialect === 'gemini') return { models: data }
  if (dialect !== 'anthropic') return { object: 'list', data }
  return { data, has_more: false, first_id: models.at(0) ?? null, last_id: models.at(-1) ?? null }
}

export function modelEntry(dialect: Dialect, model: string, createdS: number): JsonObject {
  switch (dialect) {
    case 'anthropic':
      return {
        type: 'model',
        id: model,
        display_name: model,
        created_at: new Date(createdS * 1000).toISOString(),
      }
    case 'gemini':
      return {
        name: `models/${model}`,
        displayName: model,
        inputTokenLimit: 131_072,
        outputTokenLimit: 8192,
        supportedGenerationMethods: ['generateContent', 'countTokens', 'embedContent'],
      }
    default:
      return { id: model, object: 'model', created: createdS, owned_by: 'mock' }
  }
}
