/** Periods of a calendar, as core/limits/calendar has them. */
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
