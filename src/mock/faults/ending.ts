import type { Faults } from '../behaviour/fault-names.ts'

/**
 * How a reply ends on the wire. `finish`: as it should · `fin`: closed, whatever was announced ·
 * `rst`: reset · `silence`: nothing more, connection open.
 */
export type Ending = 'finish' | 'fin' | 'rst' | 'silence'

export interface Cut {
  readonly ending: Ending
  /** The last token that gets through; null for all. */
  readonly after: number | null
  /** Half of the next event gets through as well. */
  readonly torn: boolean
}

const whole: Cut = { ending: 'finish', after: null, torn: false }

/** Where and how the faults of a request end its reply. */
export function cutOf(faults: Faults): Cut {
  const at = (name: Parameters<Faults['get']>[0]) => faults.get(name)
  const stall = at('stall')
  if (stall !== undefined) return { ending: 'silence', after: stall, torn: false }
  const fin = at('cut-fin')
  if (fin !== undefined) return { ending: 'fin', after: fin, torn: true }
  const reset = at('cut-rst')
  if (reset !== undefined) return { ending: 'rst', after: reset, torn: false }
  const clean = at('cut-clean')
  if (clean !== undefined) return { ending: 'finish', after: clean, torn: false }
  const short = at('cut-chunk') ?? at('cut-length')
  if (short !== undefined) return { ending: 'fin', after: short, torn: false }
  return whole
}

/** What a client gets instead of an answer: its connection closed or reset, or nothing ever; null: a reply. */
export function unanswered(faults: Faults): 'rst' | 'fin' | 'silence' | null {
  if (faults.has('rst')) return 'rst'
  if (faults.has('fin')) return 'fin'
  return faults.has('silent') || faults.has('no-read') ? 'silence' : null
}
