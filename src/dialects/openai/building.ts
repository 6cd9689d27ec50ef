import { type Failure, failure } from '../../core/failure.ts'
import type { BuildContext, Quirks } from '../dialect.ts'
import { fingerprint } from './stable-id.ts'

/** What is known and found out while a request is built for one target. */
export class Building {
  problem: Failure | null = null
  readonly model: string
  readonly quirks: Quirks
  /** Only Gemini models understand thought signatures; others refuse the unknown field. */
  readonly takesGoogleSignatures: boolean
  readonly #warnings = new Set<string>()

  constructor(context: BuildContext) {
    this.model = context.model
    this.quirks = context.quirks
    this.takesGoogleSignatures = /gemini/i.test(context.model)
  }

  get warnings(): string[] {
    return [...this.#warnings]
  }

  /** The request means something this dialect cannot say; a target of another dialect might. */
  impossible(message: string): void {
    this.problem ??= failure('invalid_request', message, { retry: 'other' })
  }

  leftOut(sentence: string): void {
    this.#warnings.add(sentence)
  }

  /**
   * A tool call id this provider accepts: Mistral takes exactly nine letters and digits, OpenAI at
   * most forty characters. The same id always becomes the same, so that results find their calls.
   */
  callId(id: string): string {
    if (this.quirks.nineCharacterCallIds === true) {
      return /^[a-zA-Z0-9]{9}$/.test(id) ? id : fingerprint(id, 9)
    }
    return id.length > 40 ? `call_${fingerprint(id, 20)}` : id
  }
}
