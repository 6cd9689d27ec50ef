import type { WaybillRecord } from '../../core/account/record.ts'
import { escapeInJson } from './escape.ts'
import { fieldsOf, type LogValue, levelOf } from './log-line.ts'

/** Names of the configuration and of the protocol come again with every request. */
const maxRemembered = 2_000
const maxRememberedLength = 200

/** Fields whose text is different in every request: remembering it would only fill the memory. */
const unique: ReadonlySet<string> = new Set(['id', 'failure', 'user'])
/** Fields written by ourselves, in which no secret can be. */
const safe: ReadonlySet<string> = new Set(['time', 'level', 'msg', 'status', 'outcome'])

/**
 * Writes the line of a request. Most of its texts are the same few names again and again, so each is
 * redacted once and remembered: cleaning thirty fields anew costs more than routing.
 * `version` changes when there is a new secret to look for.
 */
export function createRecordJson(clean: (text: string) => string, version: () => number) {
  const remembered = new Map<string, string>()
  let cleanedFor = version()

  const cleanOnce = (text: string): string => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    const fresh = clean(text)
    if (text.length > maxRememberedLength) return fresh
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(text, fresh)
    return fresh
  }

  const cleaned = (name: string, value: LogValue): LogValue => {
    if (typeof value === 'string') return unique.has(name) ? clean(value) : cleanOnce(value)
    return Array.isArray(value) && value.length > 0 ? value.map(clean) : value
  }

  return (record: WaybillRecord, nowMs: number): string => {
    if (cleanedFor !== version()) {
      remembered.clear()
      cleanedFor = version()
    }
    const fields: Record<string, LogValue> = {
      time: new Date(nowMs).toISOString(),
      level: levelOf(record),
      msg: 'request',
      ...fieldsOf(record),
    }
    for (const name in fields) {
      if (!safe.has(name)) fields[name] = cleaned(name, fields[name] ?? null)
    }
    return escapeInJson(JSON.stringify(fields))
  }
}
