import { readFileSync } from 'node:fs'
import path from 'node:path'
import { compile } from '../config/compile.ts'
import { load } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import type { Environment, Settings } from '../config/settings.ts'
import type { Catalog } from '../core/catalog.ts'
import { type ReadScenario, readScenario } from '../sim/scenario/read-scenario.ts'
import type { Scenario } from '../sim/scenario/scenario.ts'
import type { Arrival } from '../sim/traffic/arrival.ts'
import { readTrace } from '../sim/traffic/read-trace.ts'
import type { CommandIo } from './command-io.ts'

export interface InputFiles {
  readonly config: string
  readonly providers: string
  /** null: the traffic of the file of providers. */
  readonly trace: string | null
}

export type SimulationInputs =
  | {
      readonly ok: true
      readonly catalog: Catalog
      readonly scenario: Scenario
      /** null without a trace. */
      readonly trace: readonly Arrival[] | null
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

type Prices = Extract<ReadScenario, { ok: true }>['prices']

/** Reads the files of a simulation. Everything that is wrong with any of them is told at once. */
export function readInputs(files: InputFiles, io: CommandIo): SimulationInputs {
  const problems: Problem[] = []
  const scenario = contentOf(files.providers, io, problems, (content) => {
    const folder = path.dirname(path.resolve(io.cwd, files.providers))
    const read = readScenario(content.toString(), files.providers, (beside) =>
      textBeside(path.resolve(folder, beside)),
    )
    if (!read.ok) problems.push(...read.problems)
    return read.ok ? read : null
  })
  const catalog = contentOf(files.config, io, problems, (content) => {
    const compiled = catalogFrom(content, files.config, scenario?.prices ?? new Map(), io)
    if (!compiled.ok) problems.push(...compiled.problems)
    return compiled.ok ? compiled.catalog : null
  })
  const trace =
    files.trace === null
      ? null
      : contentOf(files.trace, io, problems, (content, file) => {
          const read = readTrace(content.toString())
          if (read.ok) return read.arrivals
          problems.push({
            severity: 'error',
            file,
            line: read.line,
            path: '',
            message: read.message,
          })
          return null
        })
  if (catalog === null || scenario === null || problems.length > 0) return { ok: false, problems }
  return { ok: true, catalog, scenario: scenario.scenario, trace }
}

function contentOf<T>(
  file: string,
  io: CommandIo,
  problems: Problem[],
  read: (content: Buffer, file: string) => T | null,
): T | null {
  let content: Buffer
  try {
    content = readFileSync(path.resolve(io.cwd, file))
  } catch {
    problems.push({ severity: 'error', file, path: '', message: 'cannot be read' })
    return null
  }
  return read(content, file)
}

function textBeside(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function catalogFrom(content: Buffer, file: string, prices: Prices, io: CommandIo) {
  const loaded = load(content, file, withEveryVariable(content.toString(), io.env))
  if (!loaded.ok) return loaded
  return compile(withPrices(loaded.settings, prices), {
    facts: io.facts,
    generation: 1,
    file,
    locate: loaded.locate,
  })
}

/** Nobody is called, so no key is needed: a variable that is not set stands for one all the same. */
function withEveryVariable(text: string, environment: Environment): Environment {
  const named = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, 'not-needed'])
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
  return { ...Object.fromEntries(named), ...Object.fromEntries(set) }
}

/** What the file of providers says of a price holds instead of what is configured or known. */
function withPrices(settings: Settings, prices: Prices): Settings {
  const providers = { ...settings.providers }
  for (const [target, price] of prices) {
    const id = target.slice(0, target.indexOf('/'))
    const model = target.slice(id.length + 1)
    const provider = providers[id]
    if (provider === undefined) continue
    const models = { ...provider.models, [model]: { ...provider.models?.[model], price } }
    providers[id] = { ...provider, models }
  }
  return { ...settings, providers }
}
