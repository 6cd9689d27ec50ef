export interface StreamedReply {
  readonly status: number
  readonly headers: Headers
  /** What has come so far. */
  text(): string
  /** Resolves with all of it when the reply has ended; rejects when the connection broke. */
  whole(): Promise<string>
}

export function chatBody(model: string, streaming = false): string {
  const messages = [{ role: 'user', content: 'Hello!' }]
  return JSON.stringify({ model, messages, ...(streaming ? { stream: true } : {}) })
}

/** A chat completion, as plainly as `fetch` allows. */
export function askChat(
  url: string,
  model: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: chatBody(model),
  })
}

/** A streamed chat completion; resolves with its head. */
export async function streamChat(
  url: string,
  model: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<StreamedReply> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: chatBody(model, true),
  })
  const decoder = new TextDecoder()
  let text = ''
  const read = async () => {
    for await (const piece of response.body ?? []) text += decoder.decode(piece, { stream: true })
    return text
  }
  const whole = read()
  whole.catch(() => {})
  return {
    status: response.status,
    headers: response.headers,
    text: () => text,
    whole: () => whole,
  }
}
