import { isEstimated } from '../../../core/limits/charges-of.ts'
import type { Binding, Charge, Denial, Reading } from '../../../core/limits/limit.ts'
import { takenAmount } from '../../../core/limits/whole-amount.ts'
import type { Borrowed, Borrowing } from '../../../gateway/limit-state.ts'
import type { BookList } from './book-list.ts'

/** Arguments of `borrowScript` from 6 on; the books come into the list. */
export function argumentsOfBorrowing(
  { ticket, charges, options }: Borrowing,
  books: BookList,
): string[] {
  const lists: string[] = []
  pushCharges(lists, charges, books)
  lists.push(String(options.length))
  for (const option of options) pushCharges(lists, option, books)
  return [ticket, String(books.size), ...books.terms, ...lists]
}

function pushCharges(lists: string[], charges: readonly Charge[], books: BookList): void {
  lists.push(String(charges.length))
  for (const charge of charges) {
    const place = books.placeOf(charge)
    const amount = takenAmount(charge.amount)
    const reserved = isEstimated(charge.limit.metric) ? amount : 0
    lists.push(String(place), String(amount), String(charge.least), String(reserved))
  }
}

/** How the books of a call stand, by place; told to `note` as they are read. */
export function readReadings(
  numbers: readonly number[],
  from: number,
  books: BookList,
  note: (binding: Binding, key: string, remaining: number, resetMs: number) => Reading,
): (Reading | undefined)[] {
  const readings: (Reading | undefined)[] = []
  for (let at = from; at + 2 < numbers.length; at += 3) {
    const place = numbers[at] ?? 0
    const binding = books.bindings[place - 1]
    if (binding === undefined) continue
    const key = books.keyAt(place)
    readings[place] = note(binding, key, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0)
  }
  return readings
}

/** Of the charges of a borrowing, in their order. */
export function readingsOf(
  charges: readonly Charge[],
  books: BookList,
  readings: readonly (Reading | undefined)[],
): Reading[] {
  return charges.map((charge) => {
    const { limit, subject } = charge
    const { remaining, resetMs } = readings[books.placeOf(charge)] ?? { remaining: 0, resetMs: 0 }
    return { limit, subject, remaining, resetMs }
  })
}

/** What a refusal says from its fifth number on. */
export function readDenial(
  numbers: readonly number[],
  { charges, options }: Borrowing,
  books: BookList,
  readings: readonly Reading[],
): Borrowed | null {
  const [option = 0, place = 0, remaining = 0, wait = 0] = numbers.slice(4, 8)
  const asked = option < 0 ? charges : (options[option] ?? [])
  const charge = asked.find((each) => books.placeOf(each) === place && !(remaining >= each.least))
  if (charge === undefined) return null
  const { limit, subject, least } = charge
  const retryAfterMs = wait < 0 ? null : wait
  const denial: Denial = { limit, subject, needed: least, remaining, retryAfterMs }
  return { granted: false, denial, noOption: option >= 0, readings }
}
