import { stretchesOfWindow } from '../../../../core/limits/sliding.ts'

/** Windows that slide: what was taken by stretch of the window, as core/limits/sliding has it. */
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
