import type { JsonLines } from '../../core/json-lines/json-lines.ts'
import { pieceOf } from '../../core/json-lines/piece.ts'

// Values of a row behind its first: each begins with a comma.

const comma = 0x2c
const nothing = pieceOf(',null')
const yes = pieceOf(',true')
const no = pieceOf(',false')
const none = pieceOf(',[]')

export function writeNull(lines: JsonLines): void {
  lines.piece(nothing)
}

export function writeFlag(lines: JsonLines, value: boolean): void {
  lines.piece(value ? yes : no)
}

/** A text that is new each time. */
export function writeText(lines: JsonLines, value: string | null): void {
  if (value === null) {
    lines.piece(nothing)
    return
  }
  lines.character(comma)
  lines.text(value)
}

/** What is not known is null. */
export function writeNumber(lines: JsonLines, value: number | null | undefined): void {
  if (value === null || value === undefined) {
    lines.piece(nothing)
    return
  }
  lines.character(comma)
  lines.number(value)
}

/** Milliseconds, which are kept with three decimals. */
export function writeDuration(lines: JsonLines, milliseconds: number | null): void {
  if (milliseconds === null) {
    lines.piece(nothing)
    return
  }
  lines.character(comma)
  const units = Math.round(milliseconds * 1e3)
  // A number that was rounded costs far less to write than any other.
  if (units / 1e3 === milliseconds) lines.decimal(units, 3)
  else lines.number(milliseconds)
}

/** 0 to 1, which is kept with four decimals. */
export function writeScore(lines: JsonLines, score: number | null): void {
  if (score === null) {
    lines.piece(nothing)
    return
  }
  lines.character(comma)
  writeShare(lines, score)
}

/** The same, the first of its row. */
export function writeShare(lines: JsonLines, share: number): void {
  const units = Math.round(share * 1e4)
  if (units / 1e4 === share) lines.decimal(units, 4)
  else lines.number(share)
}

/** Of what most lists are empty. */
export function writeList(lines: JsonLines, values: readonly unknown[]): void {
  if (values.length === 0) lines.piece(none)
  else lines.raw(`,${JSON.stringify(values)}`)
}
