import { Histogram, type LabelValues } from 'prom-client'

interface Series<T extends string> {
  readonly labels: LabelValues<T>
  /** Values up to each bound and above the one before; the last is for what is above all. */
  readonly counts: Float64Array
  readonly bounds: readonly number[]
  sum: number
}

/**
 * A histogram whose series are counted by hand: the library makes an object, a key and two look-ups of
 * each value, which costs more than the bookkeeping of a whole request.
 */
export class TalliedHistogram<T extends string> extends Histogram<T> {
  readonly #series: Series<T>[] = []
  readonly #bounds: readonly number[]
  readonly #name: string
  readonly #help: string

  constructor(configuration: ConstructorParameters<typeof Histogram<T>>[0]) {
    super(configuration)
    this.#name = configuration.name
    this.#help = configuration.help
    this.#bounds = configuration.buckets ?? []
  }

  /** Counts values of one series; to be called once for each combination of labels. */
  series(labels: LabelValues<T>): (value: number) => void {
    const counts = new Float64Array(this.#bounds.length + 1)
    const series = { labels, counts, bounds: this.#bounds, sum: 0 }
    this.#series.push(series)
    return (value) => {
      if (Number.isFinite(value)) add(series, value)
    }
  }

  /** What the registry asks for first, and `get` rests on. */
  async getForPromString() {
    return {
      name: this.#name,
      help: this.#help,
      type: 'histogram',
      aggregator: 'sum',
      values: this.#series.flatMap((series) => this.#values(series)),
    }
  }

  #values({ labels, counts, sum }: Series<T>) {
    let total = 0
    const values: { labels: LabelValues<T>; value: number; metricName: string }[] = []
    for (const [at, count] of counts.entries()) {
      total += count
      const le = this.#bounds[at] ?? '+Inf'
      values.push({ labels: { ...labels, le }, value: total, metricName: `${this.#name}_bucket` })
    }
    values.push({ labels, value: sum, metricName: `${this.#name}_sum` })
    values.push({ labels, value: total, metricName: `${this.#name}_count` })
    return values
  }
}

function add(
  series: { counts: Float64Array; bounds: readonly number[]; sum: number },
  value: number,
) {
  const { counts, bounds } = series
  let at = 0
  while (at < bounds.length && value > (bounds[at] ?? 0)) at++
  counts[at] = (counts[at] ?? 0) + 1
  series.sum += value
}
