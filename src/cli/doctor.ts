import { connect } from 'node:net'
import path from 'node:path'
import type { Command } from 'commander'
import { isUsualAdminListen } from '../config/admin.ts'
import { configurationFromEnvironment, configurationFromFile } from '../config/configuration.ts'
import { formatListen, type ListenAddress } from '../config/listen.ts'
import { formatProblem } from '../config/problem.ts'
import type { Catalog, Provider } from '../core/catalog.ts'
import type { CommandIo } from './command-io.ts'
import { findConfigurationFile } from './configuration-file.ts'
import { whyUnusable } from './data-directory.ts'
import { formatTable } from './table.ts'

interface Finding {
  readonly check: string
  readonly state: 'good' | 'warning' | 'problem'
  readonly detail: string
}

/** Long enough for a far provider, short enough for a person who waits. */
const connectWithinMs = 3_000

export function register(program: Command, io: CommandIo): void {
  program
    .command('doctor')
    .description('look for what would keep the gateway from working')
    .option('-c, --config <file>', 'configuration file (waybill.yaml when there is one)')
    .option('-d, --data <directory>', 'where records are kept')
    .option('--json', 'print the result as JSON')
    .action((options: { config?: string; data?: string; json?: true }) => doctor(options, io))
}

async function doctor(
  options: { config?: string; data?: string; json?: true },
  io: CommandIo,
): Promise<void> {
  const findings: Finding[] = [good('node', process.versions.node)]
  const file = findConfigurationFile(options.config, io.cwd)
  const context = { environment: io.env, facts: io.facts, generation: 1 }
  const outcome =
    file === null
      ? configurationFromEnvironment(context)
      : await configurationFromFile(path.resolve(io.cwd, file), context)
  const source = file ?? 'environment'
  if (outcome.ok) {
    const { server, admin, store } = outcome.settings
    findings.push(good('configuration', source))
    for (const warning of outcome.warnings) {
      findings.push({ check: 'configuration', state: 'warning', detail: formatProblem(warning) })
    }
    findings.push(await portFree('listen', server.listen))
    if (admin !== false) findings.push(await adminPortFree(admin.listen))
    if (options.data !== ':memory:') {
      const database = options.data === undefined ? store.path : `${options.data}/waybill.db`
      findings.push(await usable(path.resolve(io.cwd, database)))
    }
    findings.push(...(await reachable(outcome.catalog)))
  } else {
    for (const problem of outcome.problems) {
      findings.push({ check: 'configuration', state: 'problem', detail: formatProblem(problem) })
    }
  }
  const sick = findings.some(({ state }) => state === 'problem')
  if (options.json === true) io.out(JSON.stringify({ ok: !sick, findings }, null, 2))
  else
    io.out(
      formatTable(
        ['check', 'state', 'detail'],
        findings.map((f) => [f.check, f.state, f.detail]),
      ),
    )
  io.setExitCode(sick ? 1 : 0)
}

async function portFree(check: string, { host, port }: ListenAddress): Promise<Finding> {
  const name = formatListen({ host, port })
  const taken = await connects(host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port)
  return taken === null
    ? { check, state: 'problem', detail: `${name} is in use already` }
    : good(check, `${name} is free`)
}

/** In place of the usual address the gateway takes another port. */
async function adminPortFree(listen: ListenAddress): Promise<Finding> {
  const finding = await portFree('admin', listen)
  const moves = finding.state === 'problem' && isUsualAdminListen(listen)
  return moves ? { ...finding, state: 'warning' } : finding
}

async function usable(database: string): Promise<Finding> {
  const problem = await whyUnusable(database)
  return problem === null
    ? good('data', path.dirname(database))
    : { check: 'data', state: 'problem', detail: problem }
}

async function reachable(catalog: Catalog): Promise<Finding[]> {
  const enabled = [...catalog.providers.values()].filter((provider) => provider.enabled)
  return Promise.all(enabled.map(reach))
}

async function reach({ id, reach: how, apiKeys }: Provider): Promise<Finding> {
  const check = `provider ${id}`
  if (how.kind === 'simulated') return good(check, 'simulated')
  if (how.kind === 'sdk') return good(check, `through ${how.sdk}`)
  const [address] = how.addresses.values()
  if (address === undefined) return { check, state: 'problem', detail: 'has no address' }
  const { hostname, port, protocol } = new URL(address.origin)
  const problem = await connects(hostname, Number(port || (protocol === 'https:' ? 443 : 80)))
  if (problem !== null) {
    return { check, state: 'problem', detail: `${address.origin} cannot be reached (${problem})` }
  }
  const detail = `${address.origin} can be reached`
  return how.auth.kind !== 'none' && apiKeys.length === 0
    ? { check, state: 'warning', detail: `${detail}, but the provider has no key` }
    : good(check, detail)
}

/** null when a TCP connection stands in time, else why not. */
function connects(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: connectWithinMs })
    const end = (problem: string | null) => {
      socket.destroy()
      resolve(problem)
    }
    socket.on('connect', () => end(null))
    socket.on('timeout', () => end(`no answer within ${connectWithinMs / 1000} s`))
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}

function good(check: string, detail: string): Finding {
  return { check, state: 'good', detail }
}
