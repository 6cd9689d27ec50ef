import type { FailureClass } from '../../src/core/failure.ts'
import type { Exchange } from './replay-corpus.ts'

/** What a person who reads the status, the label and the words of an error would call it. */
interface Rule {
  readonly classes: readonly FailureClass[]
  readonly status?: RegExp
  /** One of the labels the recording has, beside `error`. */
  readonly label?: RegExp
  readonly words?: RegExp
}

/** The first rule that fits decides: labels before words, words before the bare status. */
const rules: readonly Rule[] = [
  { label: /^auth$/, classes: ['provider_auth'] },
  { label: /^context_length$/, classes: ['context_length_exceeded'] },
  { label: /^model_not_found$/, classes: ['model_not_found'] },
  { label: /^content_(policy|filter)$/, classes: ['content_filtered'] },
  { label: /^overloaded$/, classes: ['overloaded'] },
  // One request with more tokens than a minute allows: only a shorter one helps.
  { words: /request too large/i, classes: ['context_length_exceeded'] },
  { status: /402/, classes: ['provider_quota_exhausted'] },
  // Gemini calls what fills again within the minute a quota too.
  { status: /429/, words: /PerMinute|per minute/, classes: ['provider_rate_limited'] },
  { words: /insufficient_quota|current quota/i, classes: ['provider_quota_exhausted'] },
  { status: /429/, classes: ['provider_rate_limited'] },
  // The account may not be used from here: another provider may, asking again does not help.
  { words: /(location|country).* not supported/i, classes: ['provider_auth'] },
  { words: /model \S+ is not supported/i, classes: ['model_not_found'] },
  // The model broke its own rules about tools, which another model may not.
  { words: /tool_use_failed/, classes: ['malformed_reply'] },
  { words: /overloaded/i, classes: ['overloaded'] },
  { status: /400|422/, classes: ['invalid_request'] },
  { status: /401|403/, classes: ['provider_auth'] },
  // Not a model: a path or a cached content that is not there.
  { status: /404/, classes: ['invalid_request', 'model_not_found'] },
  { status: /408|504/, classes: ['timeout'] },
  { status: /413/, classes: ['request_too_large'] },
  { status: /503|529/, classes: ['overloaded'] },
  { status: /5\d\d/, classes: ['server_error'] },
]

/** The classes of failure an error may be given; none where no rule knows it. */
export function expectedFailure(exchange: Exchange): readonly FailureClass[] {
  const status = String(exchange.status)
  const words = exchange.sse === null ? exchange.bytes.toString() : errorWords(exchange.sse)
  const rule = rules.find(
    (one) =>
      (one.status?.test(status) ?? true) &&
      (one.words?.test(words) ?? true) &&
      (one.label === undefined || exchange.features.some((label) => one.label?.test(label))),
  )
  return rule?.classes ?? []
}

/** The events of a stream that tell of an error. */
function errorWords(sse: string): string {
  return sse
    .split(/\r?\n\r?\n/)
    .filter((event) => /^event: error|"error":\s*\{/m.test(event))
    .join('\n')
}
