/** A number of zero or more, or null. */
export function readNumber(text: string): number | null {
  if (!/^\d+(\.\d+)?$/.test(text)) return null
  return Number(text)
}

export function oneOf<T extends string>(values: readonly T[], text: string): T | null {
  return values.find((value) => value === text) ?? null
}

/** `FROM..TO` in milliseconds. */
export function readWindow(text: string): { fromMs: number; toMs: number } | null {
  const [from, to, ...rest] = text.split('..')
  const fromMs = readNumber(from ?? '')
  const toMs = readNumber(to ?? '')
  if (fromMs === null || toMs === null || rest.length > 0 || toMs < fromMs) return null
  return { fromMs, toMs }
}
