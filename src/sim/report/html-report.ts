import { type Chart, escapeHtml, lineChart } from './chart.ts'
import { milliseconds, percent } from './format.ts'
import type { SimulationReport } from './json-report.ts'
import { comparisonHeading, comparisonRow, shareHeading, shareRows } from './table-report.ts'
import type { StrategyReport } from './tally.ts'

/** One page that needs nothing beside itself: no script, no font, no address on the network. */
export function htmlReport(report: SimulationReport): string {
  const { model, seed, requests, durationMs, strategies } = report
  const summary =
    `${requests} requests for ${escapeHtml(model)} over ${minutes(durationMs)}, ` +
    `seed ${seed}. Latencies are of requests that succeeded.`
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>Simulation of ${escapeHtml(model)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>Simulation of ${escapeHtml(model)}</h1>`,
    `<p>${summary}</p>`,
    '<h2 id="strategies">Strategies</h2>',
    table('strategies', comparisonHeading, strategies.map(comparisonRow)),
    '<h2>Over time</h2>',
    legend(strategies),
    ...charts(report).map((chart) => `<h3>${escapeHtml(chart.title)}</h3>\n${lineChart(chart)}`),
    '<h2 id="targets">Who answered</h2>',
    table('targets', shareHeading, strategies.flatMap(shareRows)),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function charts({ strategies, durationMs }: SimulationReport): Chart[] {
  const axis = { from: '0 min', to: minutes(durationMs) }
  const over = (value: (slice: StrategyReport['slices'][number]) => number) =>
    strategies.map(({ strategy, slices }) => ({ name: strategy, values: slices.map(value) }))
  const names = strategies.map(({ strategy }) => strategy).join(', ')
  return [
    {
      ...axis,
      title: 'First token, 99th percentile',
      description: `By time of arrival, for ${names}. The figures stand in the table of strategies.`,
      series: over(({ p99 }) => p99),
      format: milliseconds,
      logarithmic: true,
    },
    {
      ...axis,
      title: 'First token, median',
      description: `By time of arrival, for ${names}. The figures stand in the table of strategies.`,
      series: over(({ p50 }) => p50),
      format: milliseconds,
      logarithmic: true,
    },
    {
      ...axis,
      title: 'Success',
      description: `Share of requests that succeeded by time of arrival, for ${names}.`,
      series: over(({ success }) => success),
      format: percent,
      logarithmic: false,
    },
  ]
}

function legend(strategies: readonly StrategyReport[]): string {
  const entries = strategies.map(
    ({ strategy }, index) =>
      `<li><svg viewBox="0 0 40 10" aria-hidden="true"><line class="line line-${index % 8}" ` +
      `x1="0" x2="40" y1="5" y2="5"/></svg>${escapeHtml(strategy)}</li>`,
  )
  return `<ul class="legend">${entries.join('')}</ul>`
}

function table(
  labelledBy: string,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = heading.map((cell) => `<th scope="col">${escapeHtml(cell.toLowerCase())}</th>`)
  const body = rows.map((row) => {
    const [first = '', ...rest] = row
    const cells = rest.map((cell) => `<td>${escapeHtml(cell)}</td>`)
    return `<tr><th scope="row">${escapeHtml(first)}</th>${cells.join('')}</tr>`
  })
  return [
    `<div class="scroll" role="region" tabindex="0" aria-labelledby="${labelledBy}">`,
    `<table><thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table>`,
    '</div>',
  ].join('\n')
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`
}

/** Colours keep 3:1 against both backgrounds; dashes tell lines apart without colour. */
const style = `
:root { --ink: #1b1f24; --paper: #fff; --faint: #d0d7de; --soft: #57606a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --faint: #30363d; --soft: #9198a1 }
}
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1100px; margin: 0 auto; padding: 1.5rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--faint); text-align: right;
  white-space: nowrap }
th[scope=row], th:first-child, td:nth-child(2) { text-align: left }
thead th { color: var(--soft); font-weight: 600 }
svg { width: 100%; height: auto }
.legend { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none }
.legend svg { width: 40px; height: 10px; margin-right: .4rem }
.grid { stroke: var(--faint) }
.label { fill: var(--soft); font-size: 12px }
.line { fill: none; stroke-width: 2 }
.line-0 { stroke: #2f81f7 }
.line-1 { stroke: #d1570c; stroke-dasharray: 7 3 }
.line-2 { stroke: #2c974b; stroke-dasharray: 2 3 }
.line-3 { stroke: #a45ee5; stroke-dasharray: 10 3 2 3 }
.line-4 { stroke: #c93c8a; stroke-dasharray: 4 4 }
.line-5 { stroke: #8a7400; stroke-dasharray: 12 4 }
.line-6 { stroke: #0f8a8a; stroke-dasharray: 1 4 }
.line-7 { stroke: #cf222e; stroke-dasharray: 6 2 1 2 1 2 }
`
