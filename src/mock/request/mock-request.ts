import type { JsonValue } from '../../core/json.ts'

/** A request as it came, in no dialect yet. */
export interface MockRequest {
  readonly method: string
  /** Path with query. */
  readonly target: string
  /** Lower-case names, repeated ones joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** The body as JSON; the text fields of a form; undefined where it is neither. */
  readonly body: JsonValue | undefined
  readonly bodyBytes: number
}
