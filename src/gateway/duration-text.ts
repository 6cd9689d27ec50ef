/** A duration as OpenAI's headers have it, which is Go's way: `17ms`, `1s`, `59.25s`, `6m0s`, `720h0m0s`. */
export function durationText(durationMs: number): string {
  const ms = Math.max(0, Math.ceil(durationMs))
  if (ms === 0) return '0s'
  if (ms < 1_000) return `${ms}ms`
  const seconds = `${(ms % 60_000) / 1_000}s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes === 0) return seconds
  const hours = Math.floor(minutes / 60)
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`
}
