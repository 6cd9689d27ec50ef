import { scriptOf } from '../script.ts'
import { gateLua } from './gate.ts'

const bumpLua = `
local function changed()
  local following = math.max(version + 1, now)
  redis.call('HSET', KEYS[1], 'version', int(following))
  return following
end
`

/** KEYS: 3 the limits set at run time. Replies with their version and, by turns, ids and limits. */
export const loadLimitsScript = scriptOf(`${gateLua}
local reply = redis.call('HGETALL', KEYS[3])
table.insert(reply, 1, version)
return reply
`)

/** ARGV: the id and the limit as text. Replies with the version before and after. */
export const putLimitScript = scriptOf(`${gateLua}${bumpLua}
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
return { version, changed() }
`)

/** ARGV: the id. Replies with the version before and after: the same where there was none. */
export const removeLimitScript = scriptOf(`${gateLua}${bumpLua}
if redis.call('HDEL', KEYS[3], ARGV[1]) == 0 then return { version, version } end
return { version, changed() }
`)

/** After a loss. ARGV: ids and limits by turns; those that are there already stay as they are. */
export const restoreLimitsScript = scriptOf(`${gateLua}${bumpLua}
local added = 0
for at = 1, #ARGV, 2 do added = added + redis.call('HSETNX', KEYS[3], ARGV[at], ARGV[at + 1]) end
if added > 0 then changed() end
return added
`)
