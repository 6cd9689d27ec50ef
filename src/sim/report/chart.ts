/** One line of a chart: values over equal steps of the horizontal axis. */
export interface Series {
  readonly name: string
  readonly values: readonly number[]
}

export interface Chart {
  readonly title: string
  /** For people who do not see it. */
  readonly description: string
  readonly series: readonly Series[]
  /** Labels of the first and the last step. */
  readonly from: string
  readonly to: string
  readonly format: (value: number) => string
  /** Logarithmic, for values that span powers of ten. */
  readonly logarithmic: boolean
}

const width = 860
const height = 260
const left = 70
const right = 10
const top = 12
const bottom = 28

/** A chart as inline SVG. Lines differ by dash as well as by colour. */
export function lineChart(chart: Chart): string {
  const scale = scaleOf(chart)
  const id = chart.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const lines = chart.series.map(({ values }, index) => {
    const points = values.map((value, at) => `${x(at, values.length)},${scale.y(value)}`)
    return `<polyline class="line line-${index % 8}" points="${points.join(' ')}"/>`
  })
  const grid = scale.ticks.map(
    (tick) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${scale.y(tick)}" y2="${scale.y(tick)}"/>` +
      `<text class="label" x="${left - 8}" y="${scale.y(tick)}" text-anchor="end" ` +
      `dominant-baseline="middle">${escapeHtml(chart.format(tick))}</text>`,
  )
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">`,
    `<title id="${id}-t">${escapeHtml(chart.title)}</title>`,
    `<desc id="${id}-d">${escapeHtml(chart.description)}</desc>`,
    ...grid,
    `<text class="label" x="${left}" y="${height - 8}">${escapeHtml(chart.from)}</text>`,
    `<text class="label" x="${width - right}" y="${height - 8}" text-anchor="end">${escapeHtml(chart.to)}</text>`,
    ...lines,
    '</svg>',
  ].join('\n')
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function x(at: number, steps: number): string {
  const share = steps < 2 ? 0 : at / (steps - 1)
  return (left + share * (width - left - right)).toFixed(1)
}

interface Scale {
  readonly ticks: readonly number[]
  y(value: number): string
}

function scaleOf({ series, logarithmic }: Chart): Scale {
  const values = series.flatMap((one) => one.values)
  const highest = values.reduce((most, value) => Math.max(most, value), 0)
  const at = (share: number) => (height - bottom - share * (height - top - bottom)).toFixed(1)
  if (!logarithmic || highest <= 0) {
    const most = highest <= 0 ? 1 : highest
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * most)
    return { ticks, y: (value) => at(value / most) }
  }
  const least = values.reduce((low, value) => (value > 0 ? Math.min(low, value) : low), highest)
  const low = Math.floor(Math.log10(least))
  const high = Math.max(low + 1, Math.ceil(Math.log10(highest)))
  const ticks = Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step))
  const share = (value: number) => (Math.log10(value) - low) / (high - low)
  return { ticks, y: (value) => at(value <= 0 ? 0 : share(value)) }
}
