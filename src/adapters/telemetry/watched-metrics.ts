import { Counter, Gauge, type Registry } from 'prom-client'

/** Figures that others keep, read when metrics are asked for. */
export interface WatchedFigures {
  ledger(): { readonly queuedRecords: number; readonly dropped: number }
  logLinesDropped(): number
}

export function defineWatchedMetrics(registry: Registry, watched: WatchedFigures): void {
  const registers = [registry]

  new Gauge({
    name: 'waybill_ledger_queued_records',
    help: 'Records appended and not yet in the database.',
    registers,
    collect() {
      this.set(watched.ledger().queuedRecords)
    },
  })
  new Counter({
    name: 'waybill_ledger_dropped_total',
    help: 'Records lost because neither disk nor memory could take them.',
    registers,
    collect() {
      this.reset()
      this.inc(watched.ledger().dropped)
    },
  })
  new Counter({
    name: 'waybill_log_lines_dropped_total',
    help: 'Log lines that nothing read.',
    registers,
    collect() {
      this.reset()
      this.inc(watched.logLinesDropped())
    },
  })
}
