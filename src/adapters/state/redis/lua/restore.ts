import { scriptOf } from '../script.ts'
import { argumentsOfBook, booksLua, readingsLua } from './books.ts'
import { gateLua } from './gate.ts'

/**
 * After a loss: what this gateway has given out in windows that slide is added up with what others tell;
 * of calendars the most that anyone has seen used counts, since every gateway has seen what all did.
 * KEYS from 3 on: the books. ARGV: the epoch, the number of books, their terms; then for each book what
 * is owed of its burst, how many pairs follow, and pairs of when (of calendars: the start of the period)
 * and how much.
 */
export const restoreScript = scriptOf(`${gateLua}${booksLua}
if gate[1] ~= ARGV[1] then return 0 end
local last = tonumber(ARGV[2])
local at = 3 + last * ${argumentsOfBook}
for place = 1, last do
  local book = open(KEYS[place + 2], 3 + (place - 1) * ${argumentsOfBook})
  local owed, pairsHere = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  at = at + 2
  for index = 1, pairsHere do
    local instant, amount = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    if book.start then
      if instant == book.mark then book.used = math.max(book.used, amount) end
    else
      local before = book.owed
      book.kind.note(book, amount, instant)
      book.owed = before
    end
    at = at + 2
  end
  if book.owed then book.owed = book.owed + owed end
  book.kind.save(book)
end
return 1
`)

/**
 * Prolongs the places that requests under way hold, or takes them again. KEYS from 3 on: the books. ARGV:
 * 1 the time of a lease, then pairs of the place of a book and a ticket.
 */
export const renewScript = scriptOf(`${gateLua}
for at = 2, #ARGV, 2 do
  local key = KEYS[tonumber(ARGV[at]) + 2]
  if redis.call('TYPE', key).ok == 'zset' or redis.call('DEL', key) >= 0 then
    redis.call('ZADD', key, int(now + ARGV[1]), ARGV[at + 1])
    redis.call('PEXPIRE', key, ARGV[1])
  end
end
return 1
`)

/**
 * How books stand, for listings. KEYS from 3 on: the books. ARGV: 1 their number, then their terms.
 * Replies with readings, and for each book what is used, what of that is reserved, and when it was touched.
 */
export const readScript = scriptOf(`${gateLua}${booksLua}${readingsLua}
local books, last = {}, tonumber(ARGV[1])
for place = 1, last do
  books[place] = open(KEYS[place + 2], 2 + (place - 1) * ${argumentsOfBook})
end
local reply = addReadings({}, books, last)
for place = 1, last do
  local book = books[place]
  reply[#reply + 1] = book.used
  reply[#reply + 1] = book.reserved + book.before
  reply[#reply + 1] = (book.touched or now) - now + wall
end
return reply
`)
