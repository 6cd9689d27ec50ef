/** Numbers as reports show them: the same on every machine, whatever its locale. */

/** `420 ms`, `1.94 s`. */
export function milliseconds(value: number): string {
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(2)} s`
}

/** `99.9 %` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** `$0.0421`, `$12.50`, `unknown`. */
export function dollars(value: number | null): string {
  if (value === null) return 'unknown'
  return `$${value.toFixed(value < 1 ? 4 : 2)}`
}
