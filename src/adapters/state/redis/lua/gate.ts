/**
 * Beginning of every script. The gate is a hash with what all gateways have to agree on:
 *
 * - `epoch`: of the data. Another one: books were lost, and every gateway has to tell what it knows.
 * - `readyAt`, `want`, `arrived`: until then, or until so many gateways have told it, nobody is admitted.
 * - `version`: of the limits set at run time.
 * - `skew`: added to the clock of the server, so that time goes on evenly when somebody sets it.
 * - `wall`: added to that for calendars, once a clock that was set has stood for a while.
 *
 * KEYS: 1 the gate, 2 what this gateway has done lately.
 */
export const gateLua = `
local function int(number) return string.format('%.0f', number) end
local stamp = redis.call('TIME')
local gate = redis.call('HMGET', KEYS[1], 'epoch', 'readyAt', 'version', 'skew', 'wall')
local now = stamp[1] * 1000 + math.floor(stamp[2] / 1000) + (tonumber(gate[4]) or 0)
local wall = now + (tonumber(gate[5]) or 0)
local version = tonumber(gate[3]) or 0
`

/** How scripts that take or give back answer, before everything else in the reply. */
export const done = 0
export const denied = 1
/** It came too late, or the server's clock was set: nothing was done. */
export const untimely = 2
/** Books were lost, or are being told anew: nothing was done. */
export const otherEpoch = 3

/**
 * What a gateway no longer waits for must not be done: it has acted without it. ARGV: 1 the epoch as it
 * knows it, 2 the time when it sent this, 3 how long it may take, 4 and 5 where and under which number to
 * note that it was done.
 */
export const timelyLua = `
local sent = tonumber(ARGV[2])
if now < sent - 1000 or now > sent + tonumber(ARGV[3]) then return { ${untimely}, now } end
if gate[1] ~= ARGV[1] or now < (tonumber(gate[2]) or 0) then return { ${otherEpoch}, now } end
local function noteDone(what)
  redis.call('HSET', KEYS[2], ARGV[4], ARGV[5] .. ':' .. what .. ':' .. int(now), 'last', ARGV[5])
end
`
