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
