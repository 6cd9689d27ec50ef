import path from 'node:path'
import { genaiPricesFacts } from './adapters/facts/genai-prices.ts'
import { createLanguageModels } from './adapters/language-models/language-models.ts'
import { createKnowledgeFile } from './adapters/store/knowledge-file.ts'
import { createMemoryLedger } from './adapters/store/memory-ledger.ts'
import { createSqliteLedger } from './adapters/store/sqlite-ledger.ts'
import type { WaybillStore } from './adapters/store/waybill-store.ts'
import { systemClock } from './adapters/system/clock.ts'
import { newRequestId } from './adapters/system/ids.ts'
import { combineTelemetry } from './adapters/telemetry/combine.ts'
import { standardOutput, type WriteOut } from './adapters/telemetry/line-sink.ts'
import { createLog, type Log, type LogStyle } from './adapters/telemetry/log.ts'
import { createPrometheus } from './adapters/telemetry/prometheus.ts'
import { createRedactor } from './adapters/telemetry/redact.ts'
import type { ArmFigures } from './adapters/telemetry/routing-metrics.ts'
import { createUpstreams } from './adapters/upstream/upstreams.ts'
import { type Admin, openAdmin } from './compose-admin.ts'
import { type OpenedLimits, openLimits } from './compose-limits.ts'
import { configurationFromEnvironment, configurationFromFile } from './config/configuration.ts'
import { formatListen, type ListenAddress, localUrl } from './config/listen.ts'
import { formatProblem, type Problem, problemFields } from './config/problem.ts'
import type { Environment, Settings } from './config/settings.ts'
import { secretsOfState } from './config/state-address.ts'
import { type ConfigurationWatch, watchConfiguration } from './config/watch.ts'
import type { ZeroConfiguration } from './config/zero.ts'
import type { Catalog, ModelFacts } from './core/catalog.ts'
import { splitsOf } from './core/experiment/split.ts'
import type { HealthChange } from './core/health/change.ts'
import { defaultHealth } from './core/health/settings.ts'
import { codecs } from './gateway/codecs.ts'
import { fleetSummary } from './gateway/fleet-summary.ts'
import { type HealthChecks, startHealthChecks } from './gateway/health-checks.ts'
import { type KnowledgeKeeper, keepKnowledge } from './gateway/keep-knowledge.ts'
import { type Knowledge, openKnowledge } from './gateway/knowledge.ts'
import type { KnowledgeStore, Ports } from './gateway/ports.ts'
import { listen } from './http/listen.ts'
import { type ClientServer, createClientServer } from './http/server.ts'
import { knownProviders } from './providers/index.ts'

export { logStyle } from './adapters/telemetry/log.ts'

export interface WaybillOptions {
  /** Configuration file; null for what the environment offers. */
  readonly file: string | null
  readonly environment: Environment
  readonly listen?: ListenAddress | undefined
  readonly adminListen?: ListenAddress | undefined
  /** Where the ledger and its journal live; `:memory:` keeps records in this process only. */
  readonly dataDirectory: string | null
  readonly log: LogStyle
  /** Where log lines go; standard output when left out. */
  readonly writeLog?: WriteOut
}

export type Started =
  | { readonly ok: true; readonly waybill: Waybill }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** A running gateway. */
export interface Waybill {
  /** `http://host:port` that clients on this machine reach. */
  readonly url: string
  readonly listening: ListenAddress
  /** null: turned off. */
  readonly admin: Admin | null
  readonly catalog: () => Catalog
  readonly store: WaybillStore
  readonly log: Log
  /** What was found in the environment; null with a configuration file. */
  readonly zero: ZeroConfiguration | null
  readonly warnings: readonly Problem[]
  /** Reads the configuration file again now. */
  reload(): Promise<void>
  inFlight(): number
  /** Refuses new work, waits for what runs (at most the drain time), flushes, closes. */
  stop(): Promise<void>
  /** Ends what runs at once. */
  abandon(): void
}

/** Facts about models nobody configured, from the price list that is bundled with Waybill. */
export function modelFacts(): ModelFacts {
  return genaiPricesFacts(knownProviders)
}

/** Builds the gateway and starts to listen. The only place that constructs things and picks adapters. */
export async function startWaybill(options: WaybillOptions): Promise<Started> {
  const facts = modelFacts()
  const context = {
    environment: options.environment,
    facts,
    generation: 1,
    listen: options.listen,
    adminListen: options.adminListen,
  }
  const fromEnvironment = options.file === null ? configurationFromEnvironment(context) : null
  const first = fromEnvironment ?? (await configurationFromFile(options.file ?? '', context))
  if (!first.ok) return { ok: false, problems: first.problems }

  const redactor = createRedactor()
  const tellSecrets = (catalog: Catalog, { state }: Settings) => {
    for (const { apiKeys } of catalog.providers.values()) {
      for (const key of apiKeys) redactor.addSecret(key.reveal())
    }
    for (const secret of secretsOfState(state)) redactor.addSecret(secret)
  }
  tellSecrets(first.catalog, first.settings)
  const log = createLog({
    ...options.log,
    write: options.writeLog ?? standardOutput(),
    redactor,
    nowMs: systemClock.nowMs,
  })
  const places = placesOf(first.settings, options.dataDirectory)
  const store = openStore(places, log)
  const knowledgeStore = places === null ? null : openKnowledgeStore(places, log)
  const healthChanged = (change: HealthChange) => {
    prometheus.healthChanged(change)
    tellHealthChange(log, change)
  }
  const knowledge = openKnowledge(
    (await knowledgeStore?.load()) ?? null,
    systemClock.monotonicMs(),
    systemClock.nowMs(),
    first.catalog.health,
    (change) => {
      healthChanged(change)
      limits.fleet?.publish(change)
    },
  )
  const prometheus = createPrometheus({
    ledger: store.health,
    logLinesDropped: log.dropped,
    nowMs: systemClock.monotonicMs,
    targets: knowledge.fleet.all,
    arms: () => armsOf(inForce.catalog, knowledge),
    retriesRefused: knowledge.retryBudgets.refused,
  })
  useCatalog(knowledge, first.catalog)
  prometheus.configured(first.catalog)
  const limits = await openLimits({
    settings: first.settings.state,
    catalog: first.catalog,
    stores: store.limits,
    clock: systemClock,
    log,
    prometheus,
  })
  limits.fleet?.onHeard((change) => {
    const isNews = knowledge.fleet.told(change, Math.random(), systemClock.monotonicMs())
    if (isNews) healthChanged(change)
  })
  const upstreams = createUpstreams(systemClock)
  await upstreams.prepare(first.catalog.providers.values())
  const ports: Ports = {
    clock: systemClock,
    random: Math.random,
    newId: () => newRequestId(Date.now()),
    upstreams,
    languageModels: createLanguageModels({ classify: codecs.openai.classifyFailure }),
    ledger: store,
    telemetry: combineTelemetry([prometheus, log], (message) => log.event('error', message)),
  }

  const onInternalError = (error: unknown) => {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.event('error', 'internal error', { trace })
  }
  const inForce = {
    catalog: first.catalog,
    settings: first.settings,
    problems: noProblems,
  }
  const client = createClientServer({
    ports,
    knowledge,
    limiting: limits.limiting,
    catalog: () => inForce.catalog,
    bodyLimitBytes: () => inForce.settings.server.bodyLimit,
    health: () => health(inForce, store, knowledge, limits),
    metricsText: async () => ({
      contentType: prometheus.contentType,
      text: await prometheus.metricsText(),
    }),
    onRollback({ model, arm, because }) {
      prometheus.rolledBack(model, arm)
      log.event('warn', 'an arm of a traffic split was rolled back', { model, arm, because })
    },
    onInternalError,
  })
  const bound = await listen(client.server, first.settings.server.listen)
  if (typeof bound === 'string') {
    await limits.close()
    await store.close()
    const message = `${formatListen(first.settings.server.listen)} ${bound}`
    return { ok: false, problems: [problemAt(options.file, 'server.listen', message)] }
  }
  const admin = await openAdmin({
    settings: () => inForce.settings,
    environment: options.environment,
    directory: places?.directory ?? null,
    catalog: () => inForce.catalog,
    limits,
    clock: systemClock,
    log,
    onToken: (token) => redactor.addSecret(token.reveal()),
    onInternalError,
  })
  if (typeof admin === 'string') {
    client.server.close()
    await limits.close()
    await store.close()
    return { ok: false, problems: [problemAt(options.file, 'admin', admin)] }
  }

  const watch =
    options.file === null
      ? null
      : watchConfiguration({
          file: options.file,
          context,
          async onCatalog(catalog, settings, warnings) {
            await upstreams.prepare(catalog.providers.values())
            tellSecrets(catalog, settings)
            inForce.catalog = catalog
            inForce.settings = settings
            inForce.problems = []
            useCatalog(knowledge, catalog)
            limits.configure(catalog)
            prometheus.configured(catalog)
            log.event('info', 'configuration reloaded', { generation: catalog.generation })
            for (const warning of warnings) {
              log.event('warn', 'configuration warning', problemFields(warning))
            }
            for (const late of takesNewStart(first.settings, settings)) log.event('warn', late)
          },
          onProblems(problems) {
            inForce.problems = problems
            prometheus.reloadFailed()
            for (const problem of problems) {
              log.event('error', 'configuration not reloaded', problemFields(problem))
            }
          },
        })

  const keeper =
    knowledgeStore === null ? null : keepKnowledge(knowledge, knowledgeStore, systemClock)
  const checks = startHealthChecks({
    clock: systemClock,
    upstreams,
    fleet: knowledge.fleet,
    catalog: () => inForce.catalog,
  })

  return {
    ok: true,
    waybill: {
      url: localUrl(bound),
      listening: bound,
      admin,
      catalog: () => inForce.catalog,
      store,
      log,
      zero: fromEnvironment?.zero ?? null,
      warnings: first.warnings,
      reload: () => watch?.reload() ?? Promise.resolve(),
      inFlight: client.inFlight,
      stop: () =>
        stop(client, inForce.settings.server.drainTimeout, {
          watch,
          checks,
          keeper,
          limits,
          admin,
          store,
          log,
          upstreams,
        }),
      abandon: client.abandon,
    },
  }
}

/** Changed settings that a running gateway cannot follow, each in a sentence. */
function takesNewStart(started: Settings, changed: Settings): string[] {
  const listening = formatListen(started.server.listen)
  const wanted = formatListen(changed.server.listen)
  const sentences: string[] = []
  if (listening !== wanted) {
    sentences.push(`server.listen is ${wanted} now: start again to listen there`)
  }
  if (started.store.path !== changed.store.path) {
    sentences.push(`store is ${changed.store.path} now: start again to record there`)
  }
  if (stateAddress(started) !== stateAddress(changed)) {
    sentences.push('state is another now: start again to count limits there')
  }
  if (adminAddress(started) !== adminAddress(changed)) {
    sentences.push(`admin.listen is ${adminAddress(changed)} now: start again to listen there`)
  }
  return sentences
}

function stateAddress({ state }: Settings): string {
  return state.kind === 'redis' ? state.url.reveal() : state.kind
}

function adminAddress({ admin }: Settings): string {
  return admin === false ? 'off' : formatListen(admin.listen)
}

/** Where a gateway keeps what outlives it. */
interface Places {
  readonly database: string
  /** Beside the database: journal, and what was learned. */
  readonly directory: string
}

/** null: nothing outlives the process. */
function placesOf(settings: Settings, dataDirectory: string | null): Places | null {
  if (dataDirectory === ':memory:') return null
  const database =
    dataDirectory === null
      ? path.resolve(settings.store.path)
      : path.resolve(dataDirectory, 'waybill.db')
  return { database, directory: path.dirname(database) }
}

function openStore(places: Places | null, log: Log): WaybillStore {
  if (places === null) return createMemoryLedger()
  return createSqliteLedger({
    databasePath: places.database,
    journalDirectory: path.join(places.directory, 'journal'),
    onProblem: (message) => log.event('error', message),
  })
}

function openKnowledgeStore(places: Places, log: Log): KnowledgeStore {
  const file = path.join(places.directory, 'knowledge.json')
  return createKnowledgeFile(file, (message) => log.event('warn', message))
}

/** What is known stays; how it is judged follows the configuration. */
function useCatalog({ fleet, experiments }: Knowledge, catalog: Catalog): void {
  fleet.configure(catalog.health ?? defaultHealth, catalog.targets.keys())
  experiments.use(splitsOf(catalog))
}

/** State changes only: a target that stays away is silent. */
function tellHealthChange(log: Log, { target, to, because, forMs }: HealthChange): void {
  const forSeconds = Math.round(forMs / 100) / 10
  if (to === 'closed') log.event('info', 'a target is used again', { target, because })
  else if (to === 'open') log.event('warn', 'a target is broken', { target, because, forSeconds })
  else log.event('warn', 'a target is left alone', { target, because, forSeconds })
}

function armsOf(catalog: Catalog, { experiments }: Knowledge): ArmFigures[] {
  return splitsOf(catalog).flatMap((split) =>
    experiments.report(split).map((report) => ({ model: split.alias, report })),
  )
}

const noProblems: readonly Problem[] = []

interface InForce {
  readonly catalog: Catalog
  readonly problems: readonly Problem[]
}

/** A broken configuration file or a full disk is shown, but the gateway goes on serving. */
function health(
  { catalog, problems }: InForce,
  store: WaybillStore,
  { fleet }: Knowledge,
  opened: OpenedLimits,
) {
  const ledger = store.health()
  const configuration = {
    generation: catalog.generation,
    state: problems.length === 0 ? 'ok' : 'reload failed',
    problems: problems.map(formatProblem),
  }
  const limits = opened.health()
  const isWell = problems.length === 0 && ledger.state === 'ok' && limits.state === 'ok'
  const status = isWell ? 'ok' : 'degraded'
  const summary = fleetSummary(fleet, systemClock.monotonicMs())
  return { ready: true, status, details: { configuration, ledger, limits, fleet: summary } }
}

function problemAt(file: string | null, path: string, message: string): Problem {
  return { severity: 'error', file, path, message }
}

interface Closing {
  readonly watch: ConfigurationWatch | null
  readonly checks: HealthChecks
  /** null where nothing is kept. */
  readonly keeper: KnowledgeKeeper | null
  readonly limits: OpenedLimits
  readonly admin: Admin | null
  readonly store: WaybillStore
  readonly log: Log
  readonly upstreams: { close(): Promise<void> }
}

/** Drains for at most `drainMs`, then ends what is left with an error, and puts everything away. */
async function stop(client: ClientServer, drainMs: number, closing: Closing): Promise<void> {
  closing.watch?.close()
  closing.checks.stop()
  closing.limits.drain()
  const late = setTimeout(client.abandon, drainMs)
  await client.drain()
  clearTimeout(late)
  await closing.admin?.close()
  await closing.keeper?.stop()
  await closing.limits.close()
  await closing.store.close()
  await closing.upstreams.close()
  closing.log.event('info', 'stopped')
  await closing.log.flush()
}
