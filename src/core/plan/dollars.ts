/** What stands before three digits of so many units: of 10, 100, … nano-dollars. */
const before = ['', '$0.00000', '$0.0000', '$0.000', '$0.00', '$0.0', '$0.']

/** `$0.00024`: three digits that count. */
export function dollars(nanoUsd: number): string {
  // Every plan tells a cost, mostly a fraction of a dollar: from its digits takes a tenth of the time.
  if (!(nanoUsd >= 1_000 && nanoUsd < 999_000_000)) return rounded(nanoUsd)
  let place = 1
  let unit = 10
  for (; nanoUsd >= unit * 1_000; place++) unit *= 10
  const units = nanoUsd / unit
  const digits = Math.round(units)
  // On the border between two roundings the binary fraction decides, and that is not looked at here.
  const unclear = Math.abs(units - Math.floor(units) - 0.5) < 1e-6
  if (unclear || digits === 1_000) return rounded(nanoUsd)
  const trimmed = digits % 100 === 0 ? digits / 100 : digits % 10 === 0 ? digits / 10 : digits
  return `${before[place] ?? ''}${trimmed}`
}

function rounded(nanoUsd: number): string {
  return `$${Number((nanoUsd / 1e9).toPrecision(3))}`
}
