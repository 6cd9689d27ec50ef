import type { Outcome } from '../run/outcome.ts'
import { quantilesOf } from './quantiles.ts'

/** What happened to the requests that arrived within one stretch of time. */
export interface Slice {
  /** Milliseconds since the first request. */
  readonly fromMs: number
  readonly requests: number
  /** 0 to 1. */
  readonly success: number
  /** First token in milliseconds; 0 where none came. */
  readonly p50: number
  readonly p99: number
}

/** As many as a chart of usual width can show apart. */
const sliceCount = 60

export function sliceOutcomes(outcomes: readonly Outcome[]): Slice[] {
  const lastMs = outcomes.reduce((latest, { arrivedMs }) => Math.max(latest, arrivedMs), 0)
  const widthMs = (lastMs + 1) / sliceCount
  const sliced: Outcome[][] = Array.from({ length: sliceCount }, () => [])
  for (const outcome of outcomes) sliced[Math.floor(outcome.arrivedMs / widthMs)]?.push(outcome)
  return sliced.map((inside, index) => {
    const first = inside.flatMap(({ failure, firstTokenMs }) =>
      failure === null && firstTokenMs !== null ? [firstTokenMs] : [],
    )
    const { p50, p99 } = quantilesOf(first)
    const succeeded = inside.filter(({ failure }) => failure === null).length
    return {
      fromMs: Math.round(index * widthMs),
      requests: inside.length,
      success: inside.length === 0 ? 1 : succeeded / inside.length,
      p50,
      p99,
    }
  })
}
