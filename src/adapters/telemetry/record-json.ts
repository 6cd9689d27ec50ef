import type { WaybillRecord } from '../../core/account/record.ts'
import { escapeInJson } from './escape.ts'
import { fieldsOf, levelOf } from './log-line.ts'

/** Names of the configuration and of the protocol come again with every request. */
const maxRemembered = 2_000
const maxRememberedLength = 200

/**
 * Writes the line of a request. Most of its texts are the same few names again and again, so each is
 * redacted once and remembered: cleaning thirty fields anew costs more than routing.
 * `version` changes when there is a new secret to look for.
 */
export function createRecordJson(redact: (text: string) => string, version: () => number) {
  const remembered = new Map<string, string>()
  let cleanedFor = version()

  const redactOnce = (text: string): string => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    const fresh = redact(text)
    if (text.length > maxRememberedLength) return fresh
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(text, fresh)
    return fresh
  }

  return (record: WaybillRecord, nowMs: number): string => {
    if (cleanedFor !== version()) {
      remembered.clear()
      cleanedFor = version()
    }
    const { client, user, policy, model, target, strategy, reason } = record
    const clean: WaybillRecord = {
      ...record,
      id: redact(record.id),
      client: client === null ? null : redactOnce(client),
      user: user === null ? null : redact(user),
      policy: policy === null ? null : redactOnce(policy),
      model: redactOnce(model),
      target: target === null ? null : redactOnce(target),
      strategy: strategy === null ? null : redactOnce(strategy),
      reason: reason === null ? null : redactOnce(reason),
      failureMessage: record.failureMessage === null ? null : redact(record.failureMessage),
      warnings: record.warnings.map(redact),
    }
    const time = new Date(nowMs).toISOString()
    const fields = { time, level: levelOf(record), msg: 'request', ...fieldsOf(clean) }
    return escapeInJson(JSON.stringify(fields))
  }
}
