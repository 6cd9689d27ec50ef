import { reportIssues, wording } from '../../config/issues.ts'
import { collectFindings, type Findings, type Problem } from '../../config/problem.ts'
import { faultProblems, parseYaml } from '../../config/yaml-document.ts'
import { readMeasurements } from './measurements.ts'
import type { Behaviour, Scenario, Source } from './scenario.ts'
import { type BehaviourDocument, type ScenarioDocument, scenarioSchema } from './scenario-schema.ts'

export type ReadScenario =
  | {
      readonly ok: true
      readonly scenario: Scenario
      /** Of the targets that have one here, as a configuration writes it. */
      readonly prices: ReadonlyMap<string, NonNullable<BehaviourDocument['price']>>
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** The content of a file named in the scenario, or null when it cannot be read. */
export type ReadBeside = (path: string) => string | null

/** Reads a file of providers: YAML, so JSON too. Problems come with their line. */
export function readScenario(text: string, file: string, readBeside: ReadBeside): ReadScenario {
  const yaml = parseYaml(text)
  if (!yaml.ok) {
    return { ok: false, problems: faultProblems(yaml, file) }
  }
  const findings = collectFindings(file, yaml.locate)
  const parsed = scenarioSchema.safeParse(yaml.tree ?? {}, { error: wording })
  if (!parsed.success) {
    reportIssues(parsed.error.issues, yaml.tree, findings)
    return { ok: false, problems: findings.problems }
  }
  const scenario = scenarioOf(parsed.data, readBeside, findings)
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems }
  const prices = Object.entries(parsed.data.targets).flatMap(([target, { price }]) =>
    price === undefined ? [] : [[target, price] as const],
  )
  return { ok: true, scenario, prices: new Map(prices) }
}

function scenarioOf(
  document: ScenarioDocument,
  readBeside: ReadBeside,
  findings: Findings,
): Scenario {
  const behaviours = new Map<string, Behaviour>()
  for (const [target, written] of Object.entries(document.targets)) {
    const source = sourceOf(target, written, readBeside, findings)
    if (source === null) continue
    const { concurrent, tokens, share, whenFull, retryAfter } = written.capacity
    behaviours.set(target, {
      target,
      source,
      capacity: {
        concurrent: concurrent ?? null,
        tokens: tokens ?? null,
        share: share ?? null,
        whenFull,
        retryAfterMs: retryAfter ?? null,
      },
      regimes: written.regimes,
    })
  }
  return { behaviours, traffic: document.traffic ?? null }
}

function sourceOf(
  target: string,
  written: BehaviourDocument,
  readBeside: ReadBeside,
  findings: Findings,
): Source | null {
  const { measurements, firstToken, msPerToken, errorRate, errorStatus } = written
  if (measurements !== undefined) {
    const path = ['targets', target, 'measurements']
    const content = readBeside(measurements)
    if (content === null) {
      findings.problem(path, `${JSON.stringify(measurements)} cannot be read`)
      return null
    }
    const read = readMeasurements(content)
    if (read.ok) return { kind: 'measurements', calls: read.calls }
    findings.problem(path, `${JSON.stringify(measurements)} ${read.message}`)
    return null
  }
  if (firstToken === undefined || msPerToken === undefined) return null
  return {
    kind: 'distributions',
    firstTokenMs: { p50: firstToken.p50, p99: firstToken.p99 },
    msPerThousandInput: firstToken.perThousandInput,
    msPerToken,
    errorRate,
    errorStatus,
  }
}
