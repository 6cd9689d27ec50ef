/**
 * Sums of a linear regression with a Gaussian prior: A = Σ w·xxᵀ and, for each output, b = Σ w·y·x.
 * They are kept as they are, and solved for when asked: fading them can then never wind up the inverse,
 * and a reward that comes late is added to b alone.
 */
export interface Sums {
  readonly dimension: number
  /** Lower triangle of A, row by row. */
  readonly products: Float64Array
  /** One b for each output. */
  readonly targets: readonly Float64Array[]
  /** Σ w: how many lessons it rests on, faded. */
  weight: number
}

export function newSums(dimension: number, outputs: number): Sums {
  return {
    dimension,
    products: new Float64Array((dimension * (dimension + 1)) / 2),
    targets: Array.from({ length: outputs }, () => new Float64Array(dimension)),
    weight: 0,
  }
}

/** Fades what was learned before by `keep` (0 to 1) and adds a lesson that counts `weight` times. */
export function absorb(
  sums: Sums,
  features: Float64Array,
  outputs: readonly number[],
  keep: number,
  weight = 1,
): void {
  const { products, dimension } = sums
  let at = 0
  for (let row = 0; row < dimension; row++) {
    const value = weight * (features[row] ?? 0)
    for (let column = 0; column <= row; column++, at++) {
      products[at] = keep * (products[at] ?? 0) + value * (features[column] ?? 0)
    }
  }
  for (const [output, target] of sums.targets.entries()) {
    const value = weight * (outputs[output] ?? 0)
    for (let row = 0; row < dimension; row++) {
      target[row] = keep * (target[row] ?? 0) + value * (features[row] ?? 0)
    }
  }
  sums.weight = keep * sums.weight + weight
}

/** Changes one output of a lesson that was absorbed before, by `difference`. */
export function amend(
  sums: Sums,
  features: Float64Array,
  output: number,
  difference: number,
): void {
  const target = sums.targets[output]
  if (target === undefined) return
  for (let row = 0; row < sums.dimension; row++) {
    target[row] = (target[row] ?? 0) + difference * (features[row] ?? 0)
  }
}

/** What sums say: weights for each output, and the factor that tells how sure they are. */
export interface Solution {
  readonly weights: readonly Float64Array[]
  /** L of A + strength·I = LLᵀ, lower triangle row by row. */
  readonly factor: Float64Array
}

/**
 * The weights that fit best while staying near the prior's: `strength` is the number of lessons (of
 * unit length) the prior counts as. (A + sI)·w = b + s·prior, by Cholesky; s > 0 keeps it solvable.
 */
export function solve(
  sums: Sums,
  strength: number,
  priors: readonly (Float64Array | null)[],
): Solution {
  const { dimension } = sums
  const factor = factored(sums.products, dimension, strength)
  const weights = sums.targets.map((target, output) => {
    const prior = priors[output] ?? null
    const right = new Float64Array(target)
    if (prior !== null) {
      for (let row = 0; row < dimension; row++) {
        right[row] = (right[row] ?? 0) + strength * (prior[row] ?? 0)
      }
    }
    forward(factor, right)
    backward(factor, right)
    return right
  })
  return { weights, factor }
}

/** Two sums side by side, because each addition has to wait for the one before it. */
export function dot(left: Float64Array, right: Float64Array): number {
  return product(left, 0, right, left.length)
}

/** Of a row that begins at `start` and the first `length` entries of a vector. */
function product(row: Float64Array, start: number, right: Float64Array, length: number): number {
  let even = 0
  let odd = 0
  let at = 0
  for (; at + 1 < length; at += 2) {
    even += (row[start + at] ?? 0) * (right[at] ?? 0)
    odd += (row[start + at + 1] ?? 0) * (right[at + 1] ?? 0)
  }
  if (at < length) even += (row[start + at] ?? 0) * (right[at] ?? 0)
  return even + odd
}

/** xᵀ(A + sI)⁻¹x: near 0 where much like it was learned, at most |x|²/s where nothing was. */
export function leverage(solution: Solution, features: Float64Array): number {
  const scaled = new Float64Array(features)
  forward(solution.factor, scaled)
  return dot(scaled, scaled)
}

function factored(products: Float64Array, dimension: number, strength: number): Float64Array {
  const factor = new Float64Array(products.length)
  for (let row = 0, start = 0; row < dimension; start += ++row) {
    for (let column = 0, other = 0; column <= row; other += ++column) {
      let sum = products[start + column] ?? 0
      if (row === column) sum += strength
      for (let at = 0; at < column; at++) {
        sum -= (factor[start + at] ?? 0) * (factor[other + at] ?? 0)
      }
      factor[start + column] =
        row === column
          ? Math.sqrt(Math.max(sum, strength * 1e-9))
          : sum / (factor[other + column] ?? 1)
    }
  }
  return factor
}

/** Solves L·y = right in place. */
function forward(factor: Float64Array, right: Float64Array): void {
  for (let row = 0, start = 0; row < right.length; start += ++row) {
    const rest = (right[row] ?? 0) - product(factor, start, right, row)
    right[row] = rest / (factor[start + row] ?? 1)
  }
}

/** Solves Lᵀ·w = right in place, row by row from the end so that memory is read in order. */
function backward(factor: Float64Array, right: Float64Array): void {
  const last = right.length - 1
  for (let row = last, start = (last * (last + 1)) / 2; row >= 0; start -= row, row--) {
    const value = (right[row] ?? 0) / (factor[start + row] ?? 1)
    right[row] = value
    for (let at = 0; at < row; at++) {
      right[at] = (right[at] ?? 0) - (factor[start + at] ?? 0) * value
    }
  }
}
