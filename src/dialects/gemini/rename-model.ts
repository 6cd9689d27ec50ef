import { isObject, type JsonObject } from '../../core/json.ts'

/**
 * Gemini repeats the model of the path inside some bodies (`requests[].model` of batch embeddings,
 * `generateContentRequest.model` of token counts) and refuses a body that names another one.
 * null when the body names none.
 */
export function renameModel(body: JsonObject, model: string): JsonObject | null {
  let renamed = false
  const named = (value: JsonObject): JsonObject => {
    if (typeof value['model'] !== 'string') return value
    renamed = true
    return { ...value, model: `models/${model}` }
  }
  const copy = { ...named(body) }
  for (const field of ['generateContentRequest', 'generate_content_request']) {
    const inner = copy[field]
    if (isObject(inner)) copy[field] = named(inner)
  }
  const { requests } = copy
  if (Array.isArray(requests)) {
    copy['requests'] = requests.map((entry) => (isObject(entry) ? named(entry) : entry))
  }
  return renamed ? copy : null
}
