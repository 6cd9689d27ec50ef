/**
 * Rows of numbers in pages of 4,096: a million rows are a few hundred allocations, and none is ever
 * copied to make room, which would hold up requests for as long as it takes. Row 0 stands for "none".
 */
export interface Rows {
  readonly width: number
  readonly pages: Float64Array[]
  /** The last row that was ever used. */
  top: number
  /** The first of the chain of rows given back. */
  free: number
  inUse: number
}

const pageBits = 12
const rowsOfPage = 1 << pageBits
const noPage = new Float64Array(0)

export function createRows(width: number): Rows {
  return { width, pages: [], top: 0, free: 0, inUse: 0 }
}

/** The page a row stands in, and where its numbers begin there. */
export function pageOf({ pages }: Rows, row: number): Float64Array {
  return pages[row >>> pageBits] ?? noPage
}

export function placeOf({ width }: Rows, row: number): number {
  return (row & (rowsOfPage - 1)) * width
}

/** A row of zeros. */
export function addRow(rows: Rows): number {
  rows.inUse++
  const again = rows.free
  if (again !== 0) {
    const page = pageOf(rows, again)
    const at = placeOf(rows, again)
    rows.free = page[at] ?? 0
    page[at] = 0
    return again
  }
  const row = ++rows.top
  if (row >>> pageBits >= rows.pages.length) {
    rows.pages.push(new Float64Array(rowsOfPage * rows.width))
  }
  return row
}

/** Whoever pointed to it no longer may. */
export function removeRow(rows: Rows, row: number): void {
  const page = pageOf(rows, row)
  const at = placeOf(rows, row)
  page.fill(0, at, at + rows.width)
  page[at] = rows.free
  rows.free = row
  rows.inUse--
}
