import type { Arrival } from './arrival.ts'

/** Traffic, or what is wrong with the file and in which line. */
export type Trace =
  | { readonly ok: true; readonly arrivals: readonly Arrival[] }
  | { readonly ok: false; readonly line: number; readonly message: string }

/** Names a column may have, in lower case and without anything but letters and digits. */
const columnNames: Readonly<Record<'time' | 'input' | 'output', readonly string[]>> = {
  time: ['timestamp', 'time', 'arrivedat', 'arrival', 'arrivaltime', 'at'],
  input: ['contexttokens', 'input', 'inputtokens', 'prompttokens', 'requesttokens'],
  output: ['generatedtokens', 'output', 'outputtokens', 'completiontokens', 'responsetokens'],
}

type Columns = Record<'time' | 'input' | 'output', number>

/** Beyond this no count of tokens can be meant. */
const mostTokens = 100_000_000

/**
 * Reads a CSV file with a heading: time (ISO 8601, or seconds), input tokens, output tokens. Lines may
 * stand in any order; the first request arrives at 0.
 */
export function readTrace(text: string): Trace {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const columns = columnsOf(lines[0] ?? '')
  if (typeof columns === 'string') return { ok: false, line: 1, message: columns }
  const arrivals: Arrival[] = []
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    const arrival = arrivalOf(line, columns)
    if (typeof arrival === 'string') return { ok: false, line: index + 1, message: arrival }
    arrivals.push(arrival)
  }
  if (arrivals.length === 0) {
    return { ok: false, line: 1, message: 'has a heading and no requests under it' }
  }
  arrivals.sort((a, b) => a.atMs - b.atMs)
  const startMs = arrivals[0]?.atMs ?? 0
  return { ok: true, arrivals: arrivals.map((one) => ({ ...one, atMs: one.atMs - startMs })) }
}

function columnsOf(heading: string): Columns | string {
  const titles = cellsOf(heading).map((title) => title.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
  const find = (name: keyof Columns) =>
    titles.findIndex((title) => columnNames[name].includes(title))
  const columns: Columns = { time: find('time'), input: find('input'), output: find('output') }
  for (const name of ['time', 'input', 'output'] as const) {
    if (columns[name] >= 0) continue
    return (
      `has no column for ${name}; the first line must name three columns, such as ` +
      `time,input,output or TIMESTAMP,ContextTokens,GeneratedTokens, not ${shown(heading)}`
    )
  }
  return columns
}

function arrivalOf(line: string, columns: Columns): Arrival | string {
  const cells = cellsOf(line)
  const time = cells[columns.time] ?? ''
  const atMs = milliseconds(time)
  if (atMs === null) {
    return `the time must be ISO 8601 (2026-01-31 09:30:00.125) or seconds, not ${shown(time)}`
  }
  const inputTokens = tokens(cells[columns.input])
  if (inputTokens === null) return notTokens('input tokens', cells[columns.input])
  const outputTokens = tokens(cells[columns.output])
  if (outputTokens === null) return notTokens('output tokens', cells[columns.output])
  return { atMs, inputTokens, outputTokens }
}

function cellsOf(line: string): string[] {
  return line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}

const isoForm = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/

/**
 * `Date` keeps whole milliseconds, where traces count in 100 ns: the fraction is added by itself. A
 * time without a zone is taken as UTC, so that the machine's own zone changes nothing.
 */
function milliseconds(text: string): number | null {
  if (/^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text) * 1_000
  const [, day, time, fraction = '', zone = 'Z'] = isoForm.exec(text) ?? []
  if (day === undefined || time === undefined) return null
  const wholeMs = Date.parse(`${day}T${time}${zone}`)
  return Number.isFinite(wholeMs) ? wholeMs + Number(`0${fraction}`) * 1_000 : null
}

function tokens(text: string | undefined): number | null {
  if (text === undefined || !/^\d+(\.0+)?$/.test(text)) return null
  const count = Number(text)
  return count <= mostTokens ? count : null
}

function notTokens(what: string, text: string | undefined): string {
  return text === undefined
    ? `has no ${what}: there are too few columns in this line`
    : `the ${what} must be a whole number, not ${shown(text)}`
}

function shown(text: string): string {
  return text === '' ? 'nothing' : JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
