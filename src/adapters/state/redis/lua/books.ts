import { calendarLua } from './calendar.ts'
import { heldLua } from './held.ts'
import { slidingLua } from './sliding.ts'

/** Arguments for each book, see `termsOfKey`. */
export const argumentsOfBook = 6

/**
 * Books as core/limits has them: open one, see what is left, note amounts, save it. One that is full
 * again is no key at all. A key that holds something else is emptied: nobody else may use the prefix.
 *
 * ARGV of a book, from `at` on: kind (s, c, h), amount, burst, and then for sliding windows the length,
 * for calendars the start of three periods in a row, for held ones the time of a lease.
 */
export const booksLua = `
local hour = math.floor(now / 3600000)
local mended = 0
local kinds = { s = {}, c = {}, h = {} }

local function lookUp(...)
  local found = redis.pcall(...)
  if type(found) ~= 'table' or not found.err then return found end
  if not string.find(found.err, 'WRONGTYPE') then error(found.err) end
  local _, key = ...
  redis.call('DEL', key)
  mended = mended + 1
  return nil
end

local function open(key, at)
  local amount, burst = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local book = { key = key, amount = amount, burst = burst, capacity = amount + burst }
  book.kind = kinds[ARGV[at]]
  book.kind.open(book, at + 3)
  return book
end

-- What is borrowed and not settled, by the hour it was borrowed in: a gateway that died settles nothing.
local function openReserved(book, hourOf, reserved, before)
  local passed = hour - (tonumber(hourOf) or hour)
  reserved, before = tonumber(reserved) or 0, tonumber(before) or 0
  if passed > 0 then reserved, before = 0, passed == 1 and reserved or 0 end
  book.reserved, book.before = reserved, before
end

-- What was borrowed before a book began anew is not in it, and cannot be put right there.
local function concerns(book, reserved, at)
  if reserved > 0 then book.since = math.min(book.since or at, at) end
  return reserved >= 0 or at >= (book.since or 0)
end

local function reserve(book, amount, at)
  local passed = hour - math.floor(at / 3600000)
  if passed <= 0 then
    book.reserved = math.max(0, book.reserved + amount)
  elseif passed == 1 then
    book.before = math.max(0, book.before + amount)
  end
end

local function save(book, untilFull, ...)
  redis.call('HSET', book.key, 'used', int(book.used), 'touched', int(book.touched or now),
    'since', int(book.since or 0), 'hour', int(hour), 'reserved', int(book.reserved), 'before', int(book.before), ...)
  redis.call('PEXPIRE', book.key, int(math.max(1, untilFull)))
end
${slidingLua}${calendarLua}${heldLua}`

/** How books stand at the end of a script: the place of each in KEYS, what is left, until it is full. */
export const readingsLua = `
local function addReadings(reply, books, last)
  for place = 1, last do
    local book = books[place]
    if book then
      reply[#reply + 1] = place
      reply[#reply + 1] = math.floor(book.kind.left(book))
      reply[#reply + 1] = book.kind.untilFull(book)
    end
  end
  return reply
end
`
