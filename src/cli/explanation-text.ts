import type { ExplainedCandidate, ExplainedLimit, Explanation } from '../core/explain.ts'
import { formatTable } from './table.ts'

/** An explanation for people: the decision in a few lines, then who was considered and who was not. */
export function explanationText(explanation: Explanation, path: string): string {
  const { model, resolvedAs, policy, target, strategy, reason } = explanation
  const { candidates, excluded, limits } = explanation
  const facts = [
    ['request', `POST ${path}`],
    ['model', `${model} (${resolvedAs})`],
    ['policy', policy ?? 'unknown'],
    ['strategy', strategy ?? 'unknown'],
    ...(explanation.arm === null ? [] : [['arm', explanation.arm]]),
    ['target', target ?? 'none'],
    ['reason', reason ?? 'unknown'],
    ['expected', expectation(explanation)],
    ...waitLine(explanation),
    ['id', explanation.id],
  ]
  const width = Math.max(...facts.map(([name = '']) => name.length))
  const lines = facts.map(([name = '', value]) => `${name.padEnd(width)}  ${value}`)
  const considered = formatTable(
    ['TARGET', 'SCORE', 'COST', 'LATENCY', 'BREAKER', 'SCORES'],
    candidates.map(candidateRow),
  )
  const parts = [lines.join('\n'), considered]
  if (excluded.length > 0) {
    const rows = excluded.map((one) => [one.target, one.because])
    parts.push(formatTable(['LEFT OUT', 'BECAUSE'], rows))
  }
  if (limits.length > 0) {
    parts.push(formatTable(['LIMIT', 'ON', 'LEFT', 'OF', 'ALL BACK IN'], limits.map(limitRow)))
  }
  return parts.join('\n\n')
}

function expectation({ estimatedCostUsd, estimatedLatencyMs, confidence }: Explanation): string {
  const sure = confidence === null ? '' : `, confidence ${confidence}`
  return `latency ${duration(estimatedLatencyMs)}, cost ${dollars(estimatedCostUsd)}${sure}`
}

/** A gateway of a version before says nothing of it. */
function waitLine({ queuedMs = 0 }: Partial<Explanation>): string[][] {
  return queuedMs > 0 ? [['waits', `about ${Math.ceil(queuedMs / 1000)} s for room`]] : []
}

function candidateRow(candidate: ExplainedCandidate): string[] {
  const { target, score, scores, estimatedCostUsd, estimatedLatencyMs, breaker } = candidate
  return [
    target,
    score === null ? '-' : String(score),
    dollars(estimatedCostUsd),
    duration(estimatedLatencyMs),
    breaker,
    Object.entries(scores)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ]
}

function limitRow({ scope, metric, per, amount, remaining, resetMs }: ExplainedLimit): string[] {
  const show = (figure: number) => (metric === 'cost' ? dollars(figure) : String(figure))
  const back = resetMs === 0 ? '-' : `${Math.ceil(resetMs / 1000)} s`
  return [scope, per === null ? metric : `${metric}/${per}`, show(remaining), show(amount), back]
}

/** Without an exponent: a request may cost a millionth. */
function dollars(usd: number | null): string {
  return usd === null ? 'unknown' : `$${usd.toFixed(9).replace(/\.?0+$/, '')}`
}

function duration(milliseconds: number | null): string {
  return milliseconds === null ? 'unknown' : `${Math.round(milliseconds)} ms`
}
