import { arrayAt, isObject, type JsonObject, parseJson } from '../../core/json.ts'

export interface RequestFile {
  readonly path: string
  /** `{ "path", "body" }`, as `POST /v1/route/explain` takes it; the body byte for byte as in the file. */
  readonly question: string
}

/**
 * A file with a request: `{ "path", "body" }`, or the body alone, whose path is `path` or else what its
 * fields tell. One sentence where it is neither.
 */
export function readRequestFile(content: string, path: string | null): RequestFile | string {
  const text = content.replace(/^\uFEFF/, '')
  const request = parseJson(text)
  if (!isObject(request)) return 'is not a JSON object: it must hold a request'
  const own = request['path']
  if (path === null && typeof own === 'string' && request['body'] !== undefined) {
    return { path: own, question: text }
  }
  const found = path ?? usualPath(request)
  if (found === null) {
    return 'is a request of Gemini, which has its model in the path: say --path /v1beta/models/MODEL:generateContent'
  }
  return { path: found, question: `{"path":${JSON.stringify(found)},"body":${text}}` }
}

/** Fields that only Anthropic's requests have beside `messages`. */
const anthropicFields = ['system', 'stop_sequences', 'thinking', 'top_k']

/** Where a chat with these fields is sent; null where the path has to name the model. */
function usualPath(request: JsonObject): string | null {
  if ('contents' in request) return null
  if (!('messages' in request) && 'input' in request) return '/v1/responses'
  const tools = arrayAt(request, 'tools')
  const isAnthropic =
    anthropicFields.some((field) => field in request) ||
    tools.some((tool) => isObject(tool) && 'input_schema' in tool)
  return isAnthropic ? '/v1/messages' : '/v1/chat/completions'
}
