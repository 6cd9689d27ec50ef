import { scriptOf } from '../script.ts'
import { gateLua } from './gate.ts'

/** Gateways that were silent for so long are no longer counted. */
const silentMs = 30_000
/** Others are waited for so long, when all tell anew what they know. */
const rebuildWithinMs = 2_000
/** A clock that was set is believed for calendars after this; until then it may be set back. */
const believedAfterMs = 600_000
/** What a gateway has done lately is kept for its return. */
const rememberedMs = 3_600_000

/**
 * A gateway makes itself known, each second and on each new connection, and learns how things stand.
 * Where data was lost (there is no epoch, or what this gateway has done is not there), it begins a new
 * epoch. KEYS from 3 on: the gateways. ARGV: its id, the epoch as it knows it (empty: none yet), the last
 * thing it has seen done, by how much the clock of the server was set and the skew that was in force,
 * the number of gateways as it knows it, and then which of the things done it is in doubt of.
 *
 * Replies with the time, the epoch, whether it may be used, the number of gateways, the version of set
 * limits, skew and wall, the last thing done, and what is noted of those in doubt.
 */
export const joinScript = scriptOf(`
for place, kind in ipairs({ 'hash', 'hash', 'zset' }) do
  local found = redis.call('TYPE', KEYS[place]).ok
  if found ~= 'none' and found ~= kind then redis.call('DEL', KEYS[place]) end
end
${gateLua}
local known, seen, step = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local doubtful = {}
for at = 7, #ARGV do doubtful[at - 6] = ARGV[at] end
local noted = redis.call('HMGET', KEYS[2], 'last', unpack(doubtful))
local last = tonumber(noted[1]) or 0
local epoch = tonumber(gate[1])
local same = gate[1] == known
local skew = tonumber(gate[4]) or 0
local stepped = step ~= 0 and int(skew) == ARGV[5]
if stepped then
  skew, now = skew - step, now - step
  redis.call('HSET', KEYS[1], 'skew', int(skew), 'skewedAt', int(now))
end
if not epoch or stepped or (same and seen > last) then
  epoch = math.max(now, (epoch or 0) + 1)
  redis.call('HSET', KEYS[1], 'epoch', int(epoch))
  if known ~= '' then
    redis.call('HSET', KEYS[1], 'want', ARGV[6], 'arrived', '0',
      'readyAt', int(now + ${rebuildWithinMs}))
    gate[2] = now + ${rebuildWithinMs}
  end
end
local skewedAt = tonumber(redis.call('HGET', KEYS[1], 'skewedAt'))
if skewedAt and now - skewedAt > ${believedAfterMs} then
  redis.call('HSET', KEYS[1], 'wall', int(-skew))
  redis.call('HDEL', KEYS[1], 'skewedAt')
end
redis.call('HSET', KEYS[2], 'last', int(math.max(seen, last)))
redis.call('PEXPIRE', KEYS[2], ${rememberedMs})
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', int(now - ${silentMs}))
redis.call('ZADD', KEYS[3], int(now), ARGV[1])
local ready = now >= (tonumber(gate[2]) or 0) and 1 or 0
local reply = { now, epoch, ready, redis.call('ZCARD', KEYS[3]), version, skew,
  tonumber(gate[5]) or 0, math.max(seen, last) }
for at = 2, #doubtful + 1 do reply[#reply + 1] = noted[at] or '' end
return reply
`)

/** A gateway has told what it knows. ARGV: 1 the epoch it told it for. */
export const arriveScript = scriptOf(`${gateLua}
if gate[1] ~= ARGV[1] or not gate[2] then return 0 end
local arrived = redis.call('HINCRBY', KEYS[1], 'arrived', 1)
if arrived >= tonumber(redis.call('HGET', KEYS[1], 'want')) then
  redis.call('HDEL', KEYS[1], 'readyAt')
end
return 1
`)

/** A gateway has stopped. KEYS: 3 the gateways. ARGV: 1 its id. */
export const leaveScript = scriptOf(`
redis.call('ZREM', KEYS[3], ARGV[1])
return redis.call('DEL', KEYS[2])
`)
