import { type FailureClass, failure } from '../../core/failure.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { arrayAt, isObject, numberAt, objectAt, stringAt } from '../../core/json.ts'
import type { ReplyEvent } from '../../core/reply.ts'
import { classifyEmbedded } from './classify-failure.ts'
import { embeddedError } from './error-body.ts'
import { breakdownOf, readFinish } from './finish-reason.ts'
import { readDelta, readSources } from './read-delta.ts'
import { ReplyBlocks } from './reply-blocks.ts'
import { usageOfBody } from './usage.ts'

/**
 * * One reply as it is read, whole or chunk by chunk: a whole reply is a stream of one chunk. Only
 * the first choice is read.
 */
export class ReplyReading {
  /** Given `reply-end` or `reply-error`: nothing more comes. */
  done = false
  /** A choice was seen, so that there is a reply at all. */
  begun = false
  #finishWord: string | null = null
  #id: string | null = null
  #model: string | null = null
  readonly #blocks = new ReplyBlocks()
  readonly #whole: boolean

  constructor(whole: boolean) {
    this.#whole = whole
  }

  /** A finish reason was read. */
  get finished(): boolean {
    return this.#finishWord !== null
  }

  chunk(body: JsonObject): ReplyEvent[] {
    const out: ReplyEvent[] = []
    if (this.done) return out
    this.#id ??= stringAt(body, 'id') || null
    this.#model ??= stringAt(body, 'model') || null
    const choice = firstChoice(body)
    const error = embeddedError(body) ?? embeddedError(choice ?? {})
    if (error !== null) return this.fail(error)
    readSources(body, this.#blocks)
    if (choice !== null) this.#choice(choice, out)
    const usage = usageOfBody(body)
    if (usage !== null) out.push({ type: 'usage', usage })
    const broken = this.#finishWord === null ? null : breakdownOf(this.#finishWord)
    return broken === null ? out : [...out, this.#breakOff(broken)]
  }

  /** Everything was read: closes what is open and ends the reply. */
  end(): ReplyEvent[] {
    const out: ReplyEvent[] = []
    if (this.done) return out
    this.done = true
    this.#begin(out)
    this.#blocks.closeAll(this.#id, out)
    const finish = readFinish(this.#finishWord ?? 'stop', this.#blocks)
    out.push({ type: 'reply-end', finish, stopSequence: null })
    return out
  }

  fail(error: JsonValue): ReplyEvent[] {
    if (this.done) return []
    this.done = true
    return [{ type: 'reply-error', failure: classifyEmbedded(error) }]
  }

  /**
   * Perplexity sends both: in a stream `message` holds the whole text so far, in a whole reply the
   * `delta` is empty.
   */
  #choice(choice: JsonObject, out: ReplyEvent[]): void {
    this.#begin(out)
    const delta = objectAt(choice, 'delta')
    const message = objectAt(choice, 'message')
    const said = this.#whole ? (message ?? delta) : (delta ?? message)
    const context = { replyId: this.#id, whole: this.#whole }
    if (said !== null) readDelta(said, this.#blocks, context, out)
    const text = stringAt(choice, 'text')
    if (text !== null) this.#blocks.text(text, out)
    this.#finishWord = stringAt(choice, 'finish_reason') || this.#finishWord
  }

  #begin(out: ReplyEvent[]): void {
    if (this.begun) return
    this.begun = true
    out.push({ type: 'reply-start', id: this.#id, model: this.#model })
  }

  #breakOff(failureClass: FailureClass): ReplyEvent {
    this.done = true
    const message = `The provider broke the reply off with finish reason "${this.#finishWord}".`
    return { type: 'reply-error', failure: failure(failureClass, message) }
  }
}

/** The choice with index 0; a chunk of another choice (n > 1) has none. */
function firstChoice(body: JsonObject): JsonObject | null {
  const choices = arrayAt(body, 'choices').filter(isObject)
  return choices.find((choice) => (numberAt(choice, 'index') ?? 0) === 0) ?? null
}
