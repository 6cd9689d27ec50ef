/**
 * Who holds a place, and in which book: by ticket, since a place that is given back twice, or by nobody,
 * would let one too many in. A ticket that holds places in several books of one limit is filed under
 * each but the first as well.
 */
export type Holders = Map<string, number>

export function hold(holders: Holders, ticket: string, book: number): void {
  holders.set(holders.has(ticket) ? `${ticket} ${book}` : ticket, book)
}

/** False where the ticket holds no place in this book. */
export function letGo(holders: Holders, ticket: string, book: number): boolean {
  if (holders.get(ticket) === book) return holders.delete(ticket)
  return holders.delete(`${ticket} ${book}`)
}

/** The book is forgotten, and its row will be another's: nobody may give anything back to that one. */
export function letAllGo(holders: Holders, book: number): void {
  if (holders.size === 0) return
  for (const [ticket, held] of holders) if (held === book) holders.delete(ticket)
}
