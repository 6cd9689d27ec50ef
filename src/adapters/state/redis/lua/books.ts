import { stretchesOfWindow } from '../../../../core/limits/sliding.ts'

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
`

export const slidingLua = `
local sliding = kinds.s

function sliding.open(book, at)
  book.length = tonumber(ARGV[at])
  book.stretch = book.length / ${stretchesOfWindow}
  book.counts = math.floor(now / book.stretch) - ${stretchesOfWindow}
  book.gone, book.slots = {}, {}
  local found = lookUp('HMGET', book.key, 'epoch', 'used', 'oldest', 'newest', 'owed', 'owedAt',
    'since', 'touched', 'hour', 'reserved', 'before') or {}
  -- Books of before a loss are told anew by every gateway.
  if found[1] and found[1] ~= gate[1] then
    book.void = true
    found = {}
  end
  book.used, book.oldest, book.newest = tonumber(found[2]) or 0, tonumber(found[3]), tonumber(found[4])
  book.since, book.touched = tonumber(found[7]), tonumber(found[8])
  openReserved(book, found[9], found[10], found[11])
  local current = book.counts + ${stretchesOfWindow}
  if book.newest and book.newest > current + ${stretchesOfWindow} then
    -- The clock was far ahead, and nobody saw it put back. What was taken then counts from now.
    book.void, book.moved, book.slots[current] = true, true, book.used
    book.oldest, book.newest = current, current
  elseif book.newest and book.newest < book.counts then
    book.void, book.used, book.oldest, book.newest = true, 0, nil, nil
  elseif book.newest and book.oldest < book.counts then
    for stretch = book.oldest, book.counts - 1 do book.gone[#book.gone + 1] = int(stretch) end
    for _, amount in ipairs(redis.call('HMGET', book.key, unpack(book.gone))) do
      book.used = book.used - (tonumber(amount) or 0)
    end
    book.oldest = book.counts
  end
  local owed = tonumber(found[5]) or 0
  if owed > 0 then
    local earned = (now - tonumber(found[6])) * book.amount / book.length
    owed = math.max(0, owed - math.max(0, earned))
  end
  book.owed = owed
  if book.moved then
    sliding.save(book)
    book.void = nil
  end
end

function sliding.left(book)
  return math.min(book.capacity - book.used, book.capacity - book.owed + 0.001)
end

function sliding.note(book, amount, at)
  local stretch = math.floor(math.min(at, now) / book.stretch)
  if stretch < book.counts then return end
  local held = book.slots[stretch]
  if not held then
    held = not book.void and tonumber(redis.call('HGET', book.key, int(stretch))) or 0
  end
  amount = math.max(amount, -held)
  if amount == 0 then return end
  book.slots[stretch] = held + amount
  book.used = book.used + amount
  book.oldest = math.min(book.oldest or stretch, stretch)
  book.newest = math.max(book.newest or stretch, stretch)
  if book.burst > 0 then book.owed = math.max(0, book.owed + amount) end
end

local function untilPaid(book, owed)
  return owed > 0.001 and owed * book.length / book.amount or 0
end

local function untilOut(book, stretch)
  return (stretch + ${stretchesOfWindow + 1}) * book.stretch - now
end

function sliding.untilFull(book)
  local paid = untilPaid(book, book.owed)
  if book.used <= 0 then return math.ceil(paid) end
  return math.ceil(math.max(paid, untilOut(book, book.newest)))
end

function sliding.untilHas(book, amount)
  local wait = untilPaid(book, book.owed + amount - book.capacity)
  local missing = book.used + amount - book.capacity
  if missing <= 0 then return math.ceil(wait) end
  local all = redis.call('HGETALL', book.key)
  local slots = {}
  for at = 1, #all, 2 do slots[all[at]] = tonumber(all[at + 1]) end
  for stretch = book.oldest, book.newest do
    missing = missing - (book.slots[stretch] or slots[int(stretch)] or 0)
    if missing <= 0 then return math.ceil(math.max(wait, untilOut(book, stretch))) end
  end
  return math.ceil(wait)
end

function sliding.save(book)
  if book.void then redis.call('DEL', book.key) end
  if book.used <= 0 and book.owed <= 0.001 then
    redis.call('DEL', book.key)
    return
  end
  if not book.void and #book.gone > 0 then redis.call('HDEL', book.key, unpack(book.gone)) end
  local slots = {}
  for stretch, amount in pairs(book.slots) do
    slots[#slots + 1] = int(stretch)
    slots[#slots + 1] = int(amount)
  end
  local newest = book.newest or book.counts
  save(book, sliding.untilFull(book), 'epoch', gate[1], 'oldest', int(book.oldest or newest),
    'newest', int(newest), 'owed', string.format('%.17g', book.owed), 'owedAt', int(now),
    unpack(slots))
end
`

export const calendarLua = `
local calendar = kinds.c

function calendar.open(book, at)
  local second = tonumber(ARGV[at + 1])
  if wall < second then
    book.start, book.finish = tonumber(ARGV[at]), second
  else
    book.start, book.finish = second, tonumber(ARGV[at + 2])
  end
  local found = lookUp('HMGET', book.key, 'used', 'start', 'turned', 'since', 'touched', 'hour',
    'reserved', 'before') or {}
  book.used, book.turned = tonumber(found[1]) or 0, tonumber(found[3])
  book.since, book.touched = tonumber(found[4]), tonumber(found[5])
  openReserved(book, found[6], found[7], found[8])
  local mark = tonumber(found[2]) or book.start
  if mark < book.start then
    local begun = (book.start - mark) / (book.finish - book.start)
    local over = math.min(book.used - book.amount, book.burst)
    begun = math.max(1, math.floor(begun + 0.5))
    book.used = math.max(0, over - book.amount * (begun - 1))
    mark, book.turned = book.start, nil
  elseif mark > book.finish then
    -- The clock was far ahead once. What was taken stays taken.
    mark = book.start
  end
  book.mark = mark
  -- What was borrowed before its period began counts no more.
  book.turned = book.turned or math.min(now, book.start + now - wall)
end

function calendar.left(book) return book.capacity - book.used end

function calendar.note(book, amount, at)
  if at < book.turned then return end
  book.used = book.used + math.max(amount, -book.used)
end

local function untilUsedIs(book, target)
  local over = math.min(book.used - book.amount, book.burst)
  local further = math.max(0, math.ceil((over - target) / book.amount))
  local ahead = math.max(0, book.mark - book.start)
  return math.ceil(book.finish - wall + ahead + further * (book.finish - book.start))
end

function calendar.untilFull(book) return book.used > 0 and untilUsedIs(book, 0) or 0 end

function calendar.untilHas(book, amount)
  local wait = untilUsedIs(book, book.capacity - amount)
  local settled = book.used - book.reserved - book.before
  return settled + amount <= book.capacity and math.min(1000, wait) or wait
end

function calendar.save(book)
  if book.used <= 0 then
    redis.call('DEL', book.key)
  else
    save(book, calendar.untilFull(book), 'start', int(book.mark), 'turned', int(book.turned))
  end
end
`

/** Places held by requests under way: leases in a sorted set, so that those of a dead gateway end. */
export const heldLua = `
local held = kinds.h

function held.open(book, at)
  book.lease = tonumber(ARGV[at])
  book.used = lookUp('ZCOUNT', book.key, '(' .. int(now), '+inf') or 0
  book.reserved, book.before, book.touched = book.used, 0, now
end

function held.left(book) return book.capacity - book.used end

function held.hold(book, ticket)
  if redis.call('ZADD', book.key, int(now + book.lease), ticket) > 0 then book.used = book.used + 1 end
end

function held.release(book, ticket)
  if redis.call('ZREM', book.key, ticket) > 0 then book.used = math.max(0, book.used - 1) end
end

function held.untilFull() return 0 end

function held.untilHas() return 1000 end

function held.save(book)
  redis.call('ZREMRANGEBYSCORE', book.key, '-inf', int(now))
  redis.call('PEXPIRE', book.key, int(book.lease))
end
`

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
