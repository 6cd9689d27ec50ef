import { scriptOf } from '../script.ts'
import { argumentsOfBook, booksLua, readingsLua } from './books.ts'
import { denied, done, gateLua, timelyLua } from './gate.ts'

/**
 * Checks and charges: all of one borrowing or nothing. KEYS from 3 on: the books. ARGV from 6 on: the
 * ticket, the number of books, their terms, and then the charges and each of the options: how many
 * there are, and for each the place of its book, what is taken, what has to be there, and what of it is
 * to be settled.
 *
 * Replies with how it ended, the time, the version of set limits and how many keys were mended; then
 * where granted the option (-1: none), else which option (-1: the charges) and book lack room, what it
 * lacks and until when (-1: it never has it); and with readings of every book that was looked at.
 */
export const borrowScript = scriptOf(`${gateLua}${timelyLua}${booksLua}${readingsLua}
local books, last = {}, tonumber(ARGV[7])
local at = 8 + last * ${argumentsOfBook}

local function bookAt(place)
  local book = books[place]
  if not book then
    book = open(KEYS[place + 2], 8 + (place - 1) * ${argumentsOfBook})
    books[place] = book
  end
  return book
end

local function readList()
  local list = {}
  for index = 1, tonumber(ARGV[at]) do
    list[index] = { tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]),
      tonumber(ARGV[at + 4]) }
    at = at + 4
  end
  at = at + 1
  return list
end

local function fits(list)
  for _, charge in ipairs(list) do
    local book = bookAt(charge[1])
    if not (book.kind.left(book) >= charge[3]) then return false end
  end
  return true
end

local function isLater(one, other)
  if other.wait < 0 then return false end
  return one.wait < 0 or one.wait > other.wait
end

-- Of the books that lack room the last to have it.
local function lackOf(list, option)
  local latest
  for _, charge in ipairs(list) do
    local book = bookAt(charge[1])
    local left = book.kind.left(book)
    if not (left >= charge[3]) then
      local wait = -1
      if charge[3] <= book.capacity then wait = book.kind.untilHas(book, charge[3]) end
      local lack = { option = option, place = charge[1], left = math.floor(left), wait = wait }
      if not latest or isLater(lack, latest) then latest = lack end
    end
  end
  return latest
end

local function refuse(lack)
  return addReadings({ ${denied}, now, version, mended, lack.option, lack.place, lack.left, lack.wait },
    books, last)
end

local charges = readList()
for _, charge in ipairs(charges) do bookAt(charge[1]) end
if not fits(charges) then return refuse(lackOf(charges, -1)) end

local options, count = {}, tonumber(ARGV[at])
at = at + 1
for index = 1, count do options[index] = readList() end
local chosen = -1
for index, list in ipairs(options) do
  if fits(list) then
    chosen = index - 1
    break
  end
end
if chosen < 0 and #options > 0 then
  local soonest
  for index, list in ipairs(options) do
    local lack = lackOf(list, index - 1)
    if not soonest or isLater(soonest, lack) then soonest = lack end
  end
  return refuse(soonest)
end

noteDone(chosen)
local function take(list)
  for _, charge in ipairs(list) do
    local book = bookAt(charge[1])
    if not book.kind.hold then
      book.since = book.since or now
      book.kind.note(book, charge[2], now)
      reserve(book, charge[4], now)
    elseif charge[2] > 0 then
      book.kind.hold(book, ARGV[6])
    end
    book.touched, book.changed = now, true
  end
end
take(charges)
if chosen >= 0 then take(options[chosen + 1]) end
for place = 1, last do
  local book = books[place]
  if book and book.changed then book.kind.save(book) end
end
return addReadings({ ${done}, now, version, mended, chosen }, books, last)
`)
