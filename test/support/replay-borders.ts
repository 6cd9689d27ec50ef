/** Where a body is cut into pieces, as offsets; the provider writes each piece by itself. */
export type Borders = (body: Buffer, seed: number) => number[]

/** As providers send it: one event of a stream at a time. */
export const atEvents: Borders = (body) =>
  [...body.toString('latin1').matchAll(/\r?\n\r?\n/g)].map((end) => end.index + end[0].length)

export const atEveryByte: Borders = (body) => Array.from(body, (_, index) => index)

/** Anywhere: inside a character, an escape, a token or a line end. The same seed cuts the same. */
export const atRandom: Borders = (body, seed) => {
  const random = randomNumbers(seed)
  const borders: number[] = []
  // Mostly small pieces, now and then a large one that holds several events.
  for (let at = 0; at < body.length; ) {
    const most = random() < 0.1 ? 3_000 : 120
    at += 1 + Math.floor(random() * most)
    borders.push(at)
  }
  return borders
}

export function pieces(body: Buffer, borders: readonly number[]): Buffer[] {
  const inside = borders.filter((border) => border > 0 && border < body.length)
  return [0, ...inside].map((start, index) => body.subarray(start, inside[index] ?? body.length))
}

/** mulberry32: small, and good enough to choose places. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
