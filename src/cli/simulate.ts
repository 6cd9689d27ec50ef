import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { formatProblem } from '../config/problem.ts'
import { chosenStrategies } from '../sim/chosen-strategies.ts'
import { compareStrategies } from '../sim/compare-strategies.ts'
import { htmlReport } from '../sim/report/html-report.ts'
import { jsonReport, type SimulationReport } from '../sim/report/json-report.ts'
import {
  comparisonHeading,
  comparisonRow,
  shareHeading,
  shareRows,
} from '../sim/report/table-report.ts'
import type { CommandIo } from './command-io.ts'
import { readInputs } from './simulate-inputs.ts'
import { formatTable } from './table.ts'

interface Options {
  config: string
  providers: string
  trace?: string
  model?: string
  client?: string
  strategy?: string
  seed: string
  speed: string
  requests?: string
  json?: string
  html?: string
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('simulate')
    .description('try strategies on a virtual clock, with the code that decides in the gateway')
    .option(
      '-c, --config <file>',
      'configuration whose models, strategies and rules are tried',
      'waybill.yaml',
    )
    .requiredOption('-p, --providers <file>', 'how each target behaves, and its regimes over time')
    .option('-t, --trace <file>', 'CSV of time, input tokens, output tokens')
    .option(
      '-m, --model <name>',
      'what the requests ask for; needed where there are several models',
    )
    .option(
      '--client <name>',
      'who asks, for policies and rules; without it the default policy holds',
    )
    .option('-s, --strategy <names>', 'strategies to compare, separated by commas')
    .option('--seed <n>', 'the same seed gives the same report', '1')
    .option('--speed <k>', 'arrivals come so many times as fast', '1')
    .option('-n, --requests <n>', 'how many requests; a trace that is shorter begins again')
    .option('--json <file>', 'write the report as JSON; - prints it instead of the tables')
    .option('--html <file>', 'write the report as a page with charts')
    .action((options: Options) => simulateCommand(options, io))
}

function simulateCommand(options: Options, io: CommandIo): void {
  const numbers = {
    seed: Number(options.seed),
    speed: Number(options.speed),
    requests: options.requests === undefined ? null : Number(options.requests),
  }
  const strategies = options.strategy === undefined ? [null] : chosenStrategies(options.strategy)
  const wrong = typeof strategies === 'string' ? strategies : wrongNumber(numbers)
  if (wrong !== null || typeof strategies === 'string') {
    io.err(wrong ?? '')
    io.setExitCode(2)
    return
  }
  const inputs = readInputs({ ...options, trace: options.trace ?? null }, io)
  if (!inputs.ok) {
    for (const problem of inputs.problems) io.err(formatProblem(problem))
    io.setExitCode(1)
    return
  }
  const report = compareStrategies({
    ...inputs,
    ...numbers,
    model: options.model ?? null,
    client: options.client ?? null,
    strategies,
  })
  if (typeof report === 'string') {
    io.err(report)
    io.setExitCode(1)
    return
  }
  show(report, options, io)
}

/** All are kept until the report: this many take more than a gigabyte. */
const mostRequests = 1_000_000

function wrongNumber({
  seed,
  speed,
  requests,
}: {
  seed: number
  speed: number
  requests: number | null
}): string | null {
  if (!Number.isSafeInteger(seed)) return '--seed takes a whole number.'
  if (!(speed > 0 && speed <= 1e6)) return '--speed takes a number above 0, such as 2 or 0.5.'
  if (requests === null) return null
  if (Number.isSafeInteger(requests) && requests > 0 && requests <= mostRequests) return null
  return `--requests takes a whole number from 1 to ${mostRequests}.`
}

function show(report: SimulationReport, { json, html }: Options, io: CommandIo): void {
  if (json === '-') io.out(jsonReport(report))
  else printTables(report, io)
  try {
    if (json !== undefined && json !== '-') {
      writeFileSync(path.resolve(io.cwd, json), `${jsonReport(report)}\n`)
    }
    if (html !== undefined) writeFileSync(path.resolve(io.cwd, html), htmlReport(report))
  } catch (error) {
    io.err(error instanceof Error ? error.message : String(error))
    io.setExitCode(1)
  }
}

function printTables({ model, requests, seed, strategies }: SimulationReport, io: CommandIo): void {
  io.out(
    `${requests} requests for ${model}, seed ${seed}; latencies are of those that succeeded.\n`,
  )
  io.out(formatTable(comparisonHeading, strategies.map(comparisonRow)))
  io.out('')
  io.out(formatTable(shareHeading, strategies.flatMap(shareRows)))
}
