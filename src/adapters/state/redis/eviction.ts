import type { Link } from './link.ts'

/**
 * What is wrong where Redis may throw books away when its memory is full: nobody would notice, and what
 * was taken would be there again. null: nothing, or Redis does not say.
 */
export async function evictionProblem(link: Link): Promise<string | null> {
  const reply = await link.send(['INFO', 'memory']).catch(() => null)
  const info = String(reply)
  const most = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0)
  const policy = /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1] ?? 'noeviction'
  if (most === 0 || policy === 'noeviction') return null
  return (
    `Redis may throw limits away when its memory is full (maxmemory-policy ${policy}): ` +
    'set it to noeviction, or give limits a Redis of their own.'
  )
}
