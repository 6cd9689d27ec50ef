import type { Command } from 'commander'
import { formatProblem } from '../config/problem.ts'
import type { Alias, Catalog, Target } from '../core/catalog.ts'
import type { Arm } from '../core/experiment/split.ts'
import type { Capabilities } from '../core/needs.ts'
import type { CommandIo } from './command-io.ts'
import { readConfigurationOrEnvironment } from './configuration-file.ts'
import { formatTable } from './table.ts'

export function register(program: Command, io: CommandIo): void {
  program
    .command('models')
    .description('list the models clients can ask for, with their targets and prices')
    .option('-c, --config <file>', 'configuration file')
    .option('--json', 'print the list as JSON')
    .action((options: { config?: string; json?: true }) =>
      listModels(options.config, options.json === true, io),
    )
}

async function listModels(named: string | undefined, json: boolean, io: CommandIo): Promise<void> {
  const outcome = await readConfigurationOrEnvironment(named, io)
  if (!outcome.ok) {
    for (const problem of outcome.problems) io.err(formatProblem(problem))
    io.setExitCode(outcome.unreadable ? 2 : 1)
    return
  }
  const rows = listedModels(outcome.catalog)
  if (json) {
    io.out(JSON.stringify({ models: rows }, null, 2))
    return
  }
  if (rows.length === 0) {
    io.out('No models are named. Any model of a provider can be asked for as provider/model:')
    io.out([...outcome.catalog.providers.keys()].map((id) => `  ${id}/…`).join('\n'))
    return
  }
  io.out(
    formatTable(
      ['MODEL', 'STRATEGY', 'TARGET', '$/M IN', '$/M OUT', 'CONTEXT', 'MAX OUT'],
      rows.flatMap((row) => tableRows(row)),
    ),
  )
}

interface ListedModel {
  readonly name: string
  readonly synonyms: readonly string[]
  readonly description: string | null
  /** null for a model that is asked for as provider/model. */
  readonly strategy: string | null
  readonly fallbacks: readonly string[]
  readonly targets: readonly ListedTarget[]
  /** How its requests are divided, null where they are not. */
  readonly split: ListedSplit | null
  /** For `waybill/auto`: the policy whose clients get this one. */
  readonly policy: string | null
}

interface ListedSplit {
  readonly by: string
  readonly arms: readonly ListedArm[]
}

interface ListedArm {
  readonly name: string
  readonly weight: number
  readonly strategy: string
  /** Those of the name, unless it has its own. */
  readonly targets: readonly ListedTarget[]
}

interface ListedTarget {
  readonly target: string
  readonly weight: number
  readonly enabled: boolean
  /** Dollars per million tokens; null when the price is not known. */
  readonly price: { readonly input: number; readonly output: number } | null
  readonly contextWindow: number | null
  readonly maxOutputTokens: number | null
  /** What it is known to do, and known not to do; what stands in neither is unknown. */
  readonly can: readonly string[]
  readonly cannot: readonly string[]
}

/** Public names first, then the models that the configuration names at their provider. */
function listedModels(catalog: Catalog): ListedModel[] {
  const aliases = new Set<Alias>(catalog.aliases.values())
  const direct = [...catalog.targets.values()].filter((target) => target.provider.enabled)
  return [
    ...[...aliases].map((alias) => listedAlias(alias, null)),
    ...[...catalog.policies.values()].flatMap(({ name, auto }) =>
      auto == null ? [] : [listedAlias(auto, name)],
    ),
    ...direct.map((target) => ({
      name: target.name,
      synonyms: [],
      description: null,
      strategy: null,
      fallbacks: [],
      targets: [listedTarget(target, 1)],
      split: null,
      policy: null,
    })),
  ]
}

function listedAlias(alias: Alias, policy: string | null): ListedModel {
  const { split } = alias
  return {
    name: alias.name,
    synonyms: alias.synonyms,
    description: alias.description,
    strategy: alias.strategy.name,
    fallbacks: alias.fallbacks,
    targets: listedTargets(alias),
    split: split == null ? null : { by: split.by, arms: split.arms.map(listedArm) },
    policy,
  }
}

function listedArm({ name, weight, alias }: Arm): ListedArm {
  return { name, weight, strategy: alias.strategy.name, targets: listedTargets(alias) }
}

function listedTargets({ targets }: Alias): ListedTarget[] {
  return targets.map(({ target, weight }) => listedTarget(target, weight))
}

function listedTarget(
  { name, provider, price, capabilities }: Target,
  weight: number,
): ListedTarget {
  const { contextWindow, maxOutputTokens, ...abilities } = capabilities
  return {
    target: name,
    weight,
    enabled: provider.enabled,
    price:
      price === null
        ? null
        : { input: price.inputNanoUsd / 1_000, output: price.outputNanoUsd / 1_000 },
    contextWindow,
    maxOutputTokens,
    can: namesOf(abilities, true),
    cannot: namesOf(abilities, false),
  }
}

function namesOf(abilities: Partial<Capabilities>, able: boolean): string[] {
  return Object.entries(abilities)
    .filter(([, known]) => known === able)
    .map(([name]) => name)
}

function tableRows(model: ListedModel): string[][] {
  const names = [model.name, ...model.synonyms].join(', ')
  const name = model.policy === null ? names : `${names} (policy ${model.policy})`
  const { split } = model
  if (split === null) return targetRows(name, model.strategy ?? '-', model.targets)
  const total = split.arms.reduce((sum, { weight }) => sum + weight, 0)
  return split.arms.flatMap(({ name: arm, weight, strategy, targets }) => {
    const share = Math.round((weight / total) * 100)
    return targetRows(`${name} (arm ${arm}, ${share} %)`, strategy, targets)
  })
}

function targetRows(name: string, strategy: string, targets: readonly ListedTarget[]): string[][] {
  return targets.map((target, index) => [
    index === 0 ? name : '',
    index === 0 ? strategy : '',
    target.enabled ? target.target : `${target.target} (disabled)`,
    target.price === null ? 'unknown' : String(target.price.input),
    target.price === null ? 'unknown' : String(target.price.output),
    target.contextWindow === null ? 'unknown' : String(target.contextWindow),
    target.maxOutputTokens === null ? 'unknown' : String(target.maxOutputTokens),
  ])
}
