/**
 * What is usual for a target: a mean that follows slowly upwards, so that bad minutes do not become
 * the norm, and faster downwards, so that it keeps to the level of good times.
 */
const gainUp = 0.02
const gainDown = 0.05
/** A value counts as this many times the usual at most. */
const most = 3

export interface Usual {
  value: number
  samples: number
}

export function learnUsual(usual: Usual, measured: number): void {
  usual.samples++
  if (usual.samples === 1) {
    usual.value = measured
    return
  }
  const seen = Math.min(measured, most * usual.value)
  const gain = Math.max(1 / usual.samples, seen > usual.value ? gainUp : gainDown)
  usual.value += gain * (seen - usual.value)
}
