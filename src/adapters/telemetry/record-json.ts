import type { WaybillRecord } from '../../core/account/record.ts'
import { escapeInJson } from './escape.ts'
import { type Clean, requestLine } from './log-line.ts'

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
  const isoTime = createIsoTime()
  let cleanedFor = version()

  const name: Clean = (text) => {
    if (text === null) return null
    const known = remembered.get(text)
    if (known !== undefined) return known
    const fresh = redact(text)
    if (text.length > maxRememberedLength) return fresh
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(text, fresh)
    return fresh
  }
  const text: Clean = (value) => (value === null ? null : redact(value))

  return (record: WaybillRecord, nowMs: number): string => {
    if (cleanedFor !== version()) {
      remembered.clear()
      cleanedFor = version()
    }
    return escapeInJson(JSON.stringify(requestLine(record, isoTime(nowMs), name, text)))
  }
}

/** Milliseconds since the epoch as RFC 3339 in UTC; the seconds are written once for all within. */
function createIsoTime(): (nowMs: number) => string {
  let second = Number.NaN
  let written = ''
  return (nowMs) => {
    const current = Math.floor(nowMs / 1000)
    if (current !== second) {
      second = current
      written = new Date(current * 1000).toISOString().slice(0, -4)
    }
    return `${written}${String(Math.floor(nowMs - current * 1000)).padStart(3, '0')}Z`
  }
}
