import type { Telemetry } from '../../gateway/ports.ts'
import { MASK, namesSecret } from './credential-shapes.ts'
import { escapeInJson } from './escape.ts'
import { createLineSink, type WriteOut } from './line-sink.ts'
import type { LogFields, LogLevel, LogValue } from './log-line.ts'
import { painted, prettyEvent, prettyRecord, unpainted } from './pretty-line.ts'
import type { Redactor } from './redact.ts'
import { createRequestLine } from './request-line.ts'

/** A longer text is a mistake of whoever wrote it; the log is no place for it. */
const MAX_TEXT = 2000

export interface LogStyle {
  /** `json`: one object per line, for programs · `pretty`: aligned columns, for people. */
  readonly format: 'json' | 'pretty'
  /** Only `pretty` has colours. */
  readonly colour: boolean
}

/**
 * Columns for a terminal and JSON for everything else; no colours where `NO_COLOR` asks for none.
 */
export function logStyle(isTerminal: boolean, environment: NodeJS.ProcessEnv): LogStyle {
  const plain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
  return { format: isTerminal ? 'pretty' : 'json', colour: isTerminal && !plain }
}

export interface LogOptions extends LogStyle {
  readonly write: WriteOut
  readonly redactor: Redactor
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

/** One line per request and per event of the gateway's own life. */
export interface Log extends Telemetry {
  event(level: LogLevel, message: string, fields?: LogFields): void
  /** Lines that nobody will read, since the start. */
  dropped(): number
  flush(): Promise<void>
}

export function createLog(options: LogOptions): Log {
  const { redactor, nowMs } = options
  const paint = options.colour ? painted : unpainted
  const sink = createLineSink({
    write: options.write,
    droppedLine: (count) =>
      eventLine('warn', 'log lines were dropped: nothing read them', { count }),
  })

  function clean(text: string): string {
    const redacted = redactor.redact(text)
    return redacted.length > MAX_TEXT ? `${redacted.slice(0, MAX_TEXT)}…` : redacted
  }

  function cleanFields(fields: LogFields): LogFields {
    const cleaned: Record<string, LogValue> = {}
    for (const name in fields) {
      const value = fields[name] ?? null
      if (typeof value === 'string') cleaned[name] = clean(value)
      else cleaned[name] = typeof value === 'object' && value !== null ? value.map(clean) : value
    }
    return cleaned
  }

  function json(level: LogLevel, msg: string, cleaned: LogFields): string {
    const time = new Date(nowMs()).toISOString()
    return escapeInJson(JSON.stringify({ time, level, msg, ...cleaned }))
  }

  /** Names as well: those of an event may come from headers or settings. */
  function eventLine(level: LogLevel, message: string, fields: LogFields): string {
    const open = Object.entries(fields).map(([name, value]) => [
      clean(name),
      value !== null && namesSecret(name) ? MASK : value,
    ])
    const shown = cleanFields(Object.fromEntries(open))
    if (options.format === 'json') return json(level, clean(message), shown)
    return prettyEvent(level, clean(message), shown, nowMs(), paint)
  }

  const writeRequest = createRequestLine(clean, redactor.version)

  return {
    started() {},
    finished(record) {
      if (options.format === 'json') {
        writeRequest(sink.begin(), record, nowMs())
        sink.finish()
        return
      }
      const shown = {
        ...record,
        id: clean(record.id),
        model: clean(record.model),
        target: record.target === null ? null : clean(record.target),
        client: record.client === null ? null : clean(record.client),
        failureMessage: record.failureMessage === null ? null : clean(record.failureMessage),
      }
      sink.add(prettyRecord(shown, nowMs(), paint))
    },
    event(level, message, fields = {}) {
      sink.add(eventLine(level, message, fields))
    },
    dropped: sink.dropped,
    flush: sink.flush,
  }
}
