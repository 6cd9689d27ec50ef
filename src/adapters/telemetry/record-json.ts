import type { WaybillRecord } from '../../core/account/record.ts'
import { escapeInJson } from './escape.ts'
import { fieldsOf, type LogValue, levelOf } from './log-line.ts'

/** Names of the configuration and of the protocol come again with every request. */
const maxRemembered = 2_000
const maxRememberedLength = 200

/** Fields whose text is different in every request: remembering it would only fill the memory. */
const unique: ReadonlySet<string> = new Set(['id', 'failure', 'user'])

/**
 * Writes the line of a request. Most of its texts are the same few names again and again, so each is
 * redacted and quoted once and remembered: cleaning thirty fields anew costs more than routing.
 * `version` changes when there is a new secret to look for.
 */
export function createRecordJson(clean: (text: string) => string, version: () => number) {
  const remembered = new Map<string, string>()
  let cleanedFor = version()

  const quoted = (text: string): string => escapeInJson(JSON.stringify(clean(text)))

  const rememberedText = (text: string): string => {
    const known = remembered.get(text)
    if (known !== undefined) return known
    const fresh = quoted(text)
    if (text.length > maxRememberedLength) return fresh
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(text, fresh)
    return fresh
  }

  const written = (name: string, value: LogValue): string => {
    if (typeof value === 'string') return unique.has(name) ? quoted(value) : rememberedText(value)
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    return value.length === 0 ? '[]' : `[${value.map(quoted).join(',')}]`
  }

  return (record: WaybillRecord, nowMs: number): string => {
    if (cleanedFor !== version()) {
      remembered.clear()
      cleanedFor = version()
    }
    const time = new Date(nowMs).toISOString()
    let line = `{"time":"${time}","level":"${levelOf(record)}","msg":"request"`
    const fields = fieldsOf(record)
    for (const name in fields) line += `,"${name}":${written(name, fields[name] ?? null)}`
    return `${line}}`
  }
}
