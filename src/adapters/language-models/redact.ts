import type { Failure } from '../../core/failure.ts'
import { isObject, type JsonValue } from '../../core/json.ts'
import type { LanguageModelCall } from '../../gateway/ports.ts'

/** The failure without the credentials of the call: packages quote settings in their errors. */
export function redact(failure: Failure, call: LanguageModelCall): Failure {
  let message = failure.message
  for (const secret of [call.apiKey ?? '', ...secretsIn(call.options)]) {
    // Shorter values are placeholders ("none"), and would blank out innocent words.
    if (secret.length >= 6) message = message.replaceAll(secret, '[secret]')
  }
  return { ...failure, message }
}

function secretsIn(options: JsonValue | undefined, name = ''): string[] {
  if (typeof options === 'string') {
    return /key|secret|token|password|credential|authorization/i.test(name) ? [options] : []
  }
  if (!isObject(options)) return []
  return Object.entries(options).flatMap(([inner, value]) => secretsIn(value, `${name} ${inner}`))
}
