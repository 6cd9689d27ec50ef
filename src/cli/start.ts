import path from 'node:path'
import type { Command } from 'commander'
import { logStyle, startWaybill, type Waybill } from '../compose.ts'
import { type ListenAddress, parseListen } from '../config/listen.ts'
import { formatProblem, problemFields } from '../config/problem.ts'
import { banner } from './banner.ts'
import type { CommandIo } from './command-io.ts'
import { findConfigurationFile } from './configuration-file.ts'

interface StartOptions {
  config?: string
  listen?: string
  adminListen?: string
  data?: string
  log?: string
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('start')
    .description('start the gateway')
    .option('-c, --config <file>', 'configuration file (waybill.yaml when there is one)')
    .option('-l, --listen <host:port>', 'where clients reach the gateway')
    .option('--admin-listen <host:port>', 'where operators reach the admin API')
    .option('-d, --data <directory>', 'where records are kept; :memory: keeps them in this process')
    .option('--log <format>', 'json or pretty (pretty on a terminal, else json)')
    .action((options: StartOptions) => start(options, io))
}

async function start(options: StartOptions, io: CommandIo): Promise<void> {
  const listen = options.listen === undefined ? undefined : parseListen(options.listen)
  if (listen === null) return wrongUsage(io, '--listen takes host:port, such as 127.0.0.1:4100.')
  const adminListen =
    options.adminListen === undefined ? undefined : parseListen(options.adminListen)
  if (adminListen === null) {
    return wrongUsage(io, '--admin-listen takes host:port, such as 127.0.0.1:4101.')
  }
  if (options.log !== undefined && options.log !== 'json' && options.log !== 'pretty') {
    return wrongUsage(io, '--log takes json or pretty.')
  }
  const named = findConfigurationFile(options.config, io.cwd)
  const file = named === null ? null : path.resolve(io.cwd, named)
  const waybill = await run(file, { listen, adminListen }, options, io)
  if (waybill === null) return
  endOnSignals(waybill, io)
}

async function run(
  file: string | null,
  addresses: Record<'listen' | 'adminListen', ListenAddress | undefined>,
  options: StartOptions,
  io: CommandIo,
): Promise<Waybill | null> {
  const terminal = process.stdout.isTTY === true
  const style = logStyle(
    options.log === undefined ? terminal : options.log === 'pretty',
    process.env,
  )
  const started = await startWaybill({
    file,
    environment: io.env,
    ...addresses,
    dataDirectory: options.data ?? null,
    log: style,
  })
  if (!started.ok) {
    for (const problem of started.problems) io.err(formatProblem(problem))
    io.setExitCode(1)
    return null
  }
  const { waybill } = started
  // The banner is for people: among JSON lines it would trip the program that reads them.
  const show = terminal ? io.out : io.err
  show(banner(waybill, file))
  for (const warning of waybill.warnings) {
    waybill.log.event('warn', 'configuration warning', problemFields(warning))
  }
  waybill.log.event('info', 'listening', {
    url: waybill.url,
    admin: waybill.admin?.url ?? 'off',
    configuration: file ?? 'environment',
  })
  return waybill
}

/** A relayed signal follows the same signal to the whole group this closely, and is not a second one. */
const relayedWithinMs = 100

/**
 * The first signal drains, the second ends at once. SIGHUP reads the configuration again, but on a
 * terminal it says that the terminal was closed.
 */
function endOnSignals(waybill: Waybill, io: CommandIo): void {
  const relayed = io.env['WAYBILL_SIGNALS_RELAYED'] !== undefined
  let stoppingSinceMs: number | null = null
  /** 1 once requests were cut off at the user's wish. */
  let exitCode = 0
  const stop = (signal: NodeJS.Signals) => {
    const nowMs = performance.now()
    if (stoppingSinceMs !== null) {
      if (relayed && nowMs - stoppingSinceMs < relayedWithinMs) return
      io.err('Ending at once.')
      exitCode = 1
      waybill.abandon()
      // Time for error events to leave; records are in the journal already.
      setTimeout(() => process.exit(exitCode), 250).unref()
      return
    }
    stoppingSinceMs = nowMs
    const running = waybill.inFlight()
    waybill.log.event('info', `${signal}: draining`, { inFlight: running })
    if (running > 0) {
      io.err(
        `Waiting for ${running} running request${running === 1 ? '' : 's'}; once more to end at once.`,
      )
    }
    waybill.stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        io.err(`Stopping failed: ${String(error)}`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', process.stdin.isTTY === true ? stop : () => void waybill.reload())
}

function wrongUsage(io: CommandIo, message: string): void {
  io.err(message)
  io.setExitCode(2)
}
