import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { modelFacts } from '../../src/compose.ts'
import { configurationFromContent } from '../../src/config/configuration.ts'
import { formatProblem } from '../../src/config/problem.ts'
import type { Catalog } from '../../src/core/catalog.ts'
import { readMeasurements } from '../../src/sim/scenario/measurements.ts'
import type { Regime } from '../../src/sim/scenario/regime-schema.ts'
import {
  type Behaviour,
  type Capacity,
  type Measured,
  type Scenario,
  unbounded,
} from '../../src/sim/scenario/scenario.ts'
import type { Arrival } from '../../src/sim/traffic/arrival.ts'
import { readTrace } from '../../src/sim/traffic/read-trace.ts'

/** Dollars per million tokens, in and out; one each for eight targets. */
export const prices = [
  [3, 15],
  [15, 75],
  [0.25, 1.25],
  [1.25, 5],
  [0.075, 0.3],
  [10, 30],
  [30, 60],
  [0.5, 1.5],
] as const

export type DollarPrice = (typeof prices)[number]

export interface MeasuredTarget {
  /** `groq-measured/llama-70b` */
  readonly name: string
  readonly provider: string
  readonly calls: readonly Measured[]
}

/** What the bench runs on. */
export interface MeasuredWorld {
  readonly targets: readonly MeasuredTarget[]
  readonly arrivals: readonly Arrival[]
}

/** null where the data is not there. */
export function readWorld(folder: string): MeasuredWorld | null {
  const llmperf = path.join(folder, 'llmperf')
  const trace = path.join(folder, 'azure/AzureLLMInferenceTrace_conv.csv')
  let files: string[]
  let csv: string
  try {
    files = readdirSync(llmperf).filter((file) => file.endsWith('_70b.json'))
    csv = readFileSync(trace, 'utf8')
  } catch {
    return null
  }
  const read = readTrace(csv)
  if (!read.ok) throw new Error(`${trace}:${read.line}: ${read.message}`)
  const targets = files.sort().map((file): MeasuredTarget => {
    const measurements = readMeasurements(readFileSync(path.join(llmperf, file), 'utf8'))
    if (!measurements.ok) throw new Error(`${file} ${measurements.message}`)
    const provider = file.replace('_70b.json', '')
    return { name: `${provider}-measured/llama-70b`, provider, calls: measurements.calls }
  })
  return { targets, arrivals: read.arrivals }
}

export interface ScenarioChanges {
  readonly capacity?: Partial<Capacity>
  readonly regimes?: (target: MeasuredTarget) => readonly Regime[]
}

export function scenarioOf(
  targets: readonly MeasuredTarget[],
  { capacity = {}, regimes = () => [] }: ScenarioChanges = {},
): Scenario {
  const behaviours = targets.map((target): [string, Behaviour] => [
    target.name,
    {
      target: target.name,
      source: { kind: 'measurements', calls: target.calls },
      capacity: { ...unbounded, ...capacity },
      regimes: regimes(target),
    },
  ])
  return { behaviours: new Map(behaviours), traffic: null }
}

/** One public name, `chat`, over all targets, as a user would write it; `more` are further lines of it. */
export function catalogOf(
  targets: readonly MeasuredTarget[],
  priceOf: (index: number) => DollarPrice,
  more: readonly string[] = [],
): Catalog {
  const lines = [
    'providers:',
    ...targets.flatMap(({ provider }, index) => {
      const [input, output] = priceOf(index)
      return [
        `  ${provider}-measured:`,
        '    dialect: openai',
        '    baseUrl: http://127.0.0.1:9/v1',
        `    models: { llama-70b: { price: { input: ${input}, output: ${output} } } }`,
      ]
    }),
    'models:',
    '  chat:',
    `    targets: [${targets.map(({ provider }) => `${provider}-measured/llama-70b`).join(', ')}]`,
    ...more.map((line) => `    ${line}`),
  ]
  const outcome = configurationFromContent(Buffer.from(lines.join('\n')), 'bench.yaml', {
    environment: {},
    facts: modelFacts(),
    generation: 1,
  })
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'))
  return outcome.catalog
}
