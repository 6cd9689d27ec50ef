const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const sizeUnits = { b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 } as const

export const durationPattern = /^\d+(\.\d+)?(ms|s|m|h)$/
export const sizePattern = /^\d+(\.\d+)?[kKmMgG]?[bB]$/

/** Milliseconds of `100ms`, `3s`, `5m`, `1h`; null for anything else. */
export function parseDuration(text: string): number | null {
  if (!durationPattern.test(text)) return null
  const unit = /[a-z]+$/.exec(text)?.[0]
  if (unit !== 'ms' && unit !== 's' && unit !== 'm' && unit !== 'h') return null
  return Math.round(Number.parseFloat(text) * durationUnits[unit])
}

/** Bytes of `512kb`, `32mb` (1 kb is 1024 bytes); null for anything else. */
export function parseSize(text: string): number | null {
  if (!sizePattern.test(text)) return null
  const unit = /[a-z]+$/.exec(text.toLowerCase())?.[0]
  if (unit !== 'b' && unit !== 'kb' && unit !== 'mb' && unit !== 'gb') return null
  return Math.round(Number.parseFloat(text) * sizeUnits[unit])
}

/** The shortest way to write a duration, for messages: `1500ms`, `10m`. */
export function formatDuration(milliseconds: number): string {
  for (const unit of ['h', 'm', 's'] as const) {
    if (milliseconds > 0 && milliseconds % durationUnits[unit] === 0) {
      return `${milliseconds / durationUnits[unit]}${unit}`
    }
  }
  return `${milliseconds}ms`
}
