import type { WaybillRecord } from '../../core/account/record.ts'
import { escapeForTerminal } from './escape.ts'
import { costUsd, type LogFields, type LogLevel } from './log-line.ts'

/** Wraps text in a colour, or leaves it as it is where none is wanted. */
export type Paint = (colour: 'red' | 'green' | 'yellow' | 'dim', text: string) => string

const codes = { red: 31, green: 32, yellow: 33, dim: 2 } as const

export const painted: Paint = (colour, text) => `\u001b[${codes[colour]}m${text}\u001b[0m`
export const unpainted: Paint = (_colour, text) => text

/** One request in aligned columns. Every string in `record` must have been redacted. */
export function prettyRecord(record: WaybillRecord, nowMs: number, paint: Paint): string {
  const route = `${record.model} → ${record.target ?? '-'}`
  const cost = costUsd(record)
  const columns = [
    paint('dim', timeOfDay(nowMs)),
    paint(colourOf(record), String(record.status)),
    escapeForTerminal(route).padEnd(44),
    `${Math.round(record.totalMs)} ms`.padStart(9),
    paint('dim', `first ${firstOutput(record)}`.padEnd(14)),
    `${record.usage.inputTokens}+${record.usage.outputTokens} tok`.padStart(15),
    (cost === null ? '$?' : `$${cost.toFixed(6)}`).padStart(11),
    escapeForTerminal(record.client ?? '-').padEnd(10),
    paint('dim', escapeForTerminal(record.id)),
  ]
  return columns.join('  ') + afterthought(record, paint)
}

/** Something that happened to the gateway itself. Every string must have been redacted. */
export function prettyEvent(
  level: LogLevel,
  message: string,
  fields: LogFields,
  nowMs: number,
  paint: Paint,
): string {
  const colours = { info: 'green', warn: 'yellow', error: 'red' } as const
  const details = Object.entries(fields).map(([name, value]) =>
    paint('dim', `  ${escapeForTerminal(`${name}=${value}`)}`),
  )
  const start = `${paint('dim', timeOfDay(nowMs))}  ${paint(colours[level], level.padEnd(5))}`
  return `${start} ${escapeForTerminal(message)}${details.join('')}`
}

function afterthought(record: WaybillRecord, paint: Paint): string {
  const notes: string[] = []
  if (record.attempts.length > 1) notes.push(`${record.attempts.length} attempts`)
  if (record.queuedMs > 0) notes.push(`waited ${Math.round(record.queuedMs)} ms for a limit`)
  if (record.failureClass !== null) {
    notes.push(`${record.failureClass}: ${record.failureMessage ?? ''}`)
  }
  if (notes.length === 0) return ''
  return `  ${paint(colourOf(record), escapeForTerminal(notes.join(', ')))}`
}

function colourOf({ outcome, status }: WaybillRecord): 'red' | 'green' | 'yellow' | 'dim' {
  if (outcome === 'cancelled') return 'dim'
  if (outcome === 'success') return 'green'
  return status >= 500 || status < 400 ? 'red' : 'yellow'
}

function firstOutput({ firstOutputMs }: WaybillRecord): string {
  return firstOutputMs === null ? '-' : `${Math.round(firstOutputMs)} ms`
}

/** Local time: it is read by whoever sits in front of the terminal. */
function timeOfDay(nowMs: number): string {
  return new Date(nowMs).toTimeString().slice(0, 8)
}
