import { scriptOf } from '../script.ts'
import { argumentsOfBook, booksLua, readingsLua } from './books.ts'
import { done, gateLua, timelyLua } from './gate.ts'

/**
 * Changes books without asking: what borrowings came to, and what was admitted while Redis was away.
 * KEYS from 3 on: the books. ARGV from 6 on: the number of books and their terms; then for each change
 * the place of its book, when it counts, by how much, and what of it is borrowed and not settled. Of a
 * held book the second is the ticket whose place is given back.
 *
 * Replies with how it ended, the time, the version of set limits, how many keys were mended, and readings.
 */
export const adjustScript = scriptOf(`${gateLua}${timelyLua}${booksLua}${readingsLua}
local books, last = {}, tonumber(ARGV[6])
noteDone(0)
for place = 1, last do
  books[place] = open(KEYS[place + 2], 7 + (place - 1) * ${argumentsOfBook})
end
for at = 7 + last * ${argumentsOfBook}, #ARGV, 4 do
  local book = books[tonumber(ARGV[at])]
  if book.kind.release then
    book.kind.release(book, ARGV[at + 1])
  else
    local instant, reserved = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 3])
    local sign = reserved ~= 0 and reserved or tonumber(ARGV[at + 2])
    if concerns(book, sign, instant) then
      book.kind.note(book, tonumber(ARGV[at + 2]), instant)
      reserve(book, reserved, instant)
    end
  end
end
for place = 1, last do books[place].kind.save(books[place]) end
return addReadings({ ${done}, now, version, mended }, books, last)
`)
