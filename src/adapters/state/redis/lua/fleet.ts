import { scriptOf } from '../script.ts'

/**
 * Tells what happened to a target. KEYS: 1 what is in force, also the channel. ARGV: the target, how
 * long it holds (0: it is over), and the text.
 */
export const tellFleetScript = scriptOf(`
local stamp = redis.call('TIME')
local now, holds = stamp[1] * 1000 + math.floor(stamp[2] / 1000), tonumber(ARGV[2])
if holds > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f ', now + holds) .. ARGV[3])
  redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), holds))
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return redis.call('PUBLISH', KEYS[1], ARGV[3])
`)

/** What is in force, by turns how long still and the text; the rest is removed. */
export const readFleetScript = scriptOf(`
local stamp = redis.call('TIME')
local now = stamp[1] * 1000 + math.floor(stamp[2] / 1000)
local all, reply = redis.call('HGETALL', KEYS[1]), {}
for at = 1, #all, 2 do
  local till, text = string.match(all[at + 1], '^(%d+) (.*)$')
  local left = till and tonumber(till) - now or 0
  if left > 0 then
    reply[#reply + 1] = left
    reply[#reply + 1] = text
  else
    redis.call('HDEL', KEYS[1], all[at])
  end
end
return reply
`)
