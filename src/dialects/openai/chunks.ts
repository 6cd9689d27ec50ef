import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/reply.ts'
import type { ReplyContext } from '../dialect.ts'
import { sseEvent } from '../sse.ts'
import { writeUsage } from './usage.ts'

/** Writes the `chat.completion.chunk` events of one reply, all with the same id, time and model. */
export class Chunks {
  id: string
  readonly #context: ReplyContext
  #started = false

  constructor(context: ReplyContext) {
    this.#context = context
    this.id = context.id
  }

  /** The role stands in the first chunk, with empty content as OpenAI sends it. */
  start(): string {
    if (this.#started) return ''
    this.#started = true
    return this.#chunk([choice({ role: 'assistant', content: '' }, null)])
  }

  delta(delta: JsonObject | null): string {
    return delta === null ? '' : this.start() + this.#chunk([choice(delta, null)])
  }

  /** The last chunks: the finish reason, the usage if the client asked for it, `[DONE]`. */
  end(finish: string, usage: Usage | null): string {
    const last = this.start() + this.#chunk([choice({}, finish)])
    const used =
      this.#context.includeUsage && usage !== null
        ? this.#chunk([], { usage: writeUsage(usage) })
        : ''
    return `${last}${used}${sseEvent(null, '[DONE]')}`
  }

  #chunk(choices: JsonObject[], rest: JsonObject = {}): string {
    const chunk = {
      id: this.id,
      object: 'chat.completion.chunk',
      created: this.#context.createdS,
      model: this.#context.model,
      choices,
      ...rest,
    }
    return sseEvent(null, JSON.stringify(chunk))
  }
}

function choice(delta: JsonObject, finish: string | null): JsonObject {
  return { index: 0, delta, logprobs: null, finish_reason: finish }
}
