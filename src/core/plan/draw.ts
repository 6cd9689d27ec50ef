/**
 * A number in (0, 1) fixed by seed and text: every candidate has its own dice, so the order in which
 * candidates are looked at decides nothing. FNV-1a over the text between two rounds of Murmur3's
 * finaliser; no string or generator is made on the way, because this runs for every candidate.
 */
export function draw(seed: number, text: string): number {
  let hash = scrambled(seed ^ 0x9e3779b9)
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return ((scrambled(hash) >>> 0) + 0.5) / 0x1_0000_0000
}

/** fmix32 of MurmurHash3 (Austin Appleby): each bit of the input changes half of the output. */
function scrambled(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/**
 * The key of a weighted draw without replacement (Efraimidis and Spirakis 2006): the highest of all
 * keys ln(u) / weight is drawn first, with the share its weight has in the sum.
 */
export function drawKey(seed: number, text: string, weight: number): number {
  return Math.log(draw(seed, text)) / weight
}
