import type { Command } from 'commander'
import { formatProblem } from '../config/problem.ts'
import type { CommandIo } from './command-io.ts'
import { findConfigurationFile, readConfiguration, usualFile } from './configuration-file.ts'

export function register(program: Command, io: CommandIo): void {
  program
    .command('check')
    .description('check a configuration file without starting the gateway')
    .argument('[file]', 'configuration file', undefined)
    .option('--json', 'print the result as JSON')
    .action((file: string | undefined, options: { json?: true }) =>
      check(file, options.json === true, io),
    )
}

async function check(named: string | undefined, json: boolean, io: CommandIo): Promise<void> {
  const file = findConfigurationFile(named, io.cwd)
  if (file === null) {
    io.err(`There is no ${usualFile} here. Name a file, or write one with \`waybill init\`.`)
    io.setExitCode(2)
    return
  }
  const outcome = await readConfiguration(file, io)
  const { warnings } = outcome
  const problems = outcome.ok ? [] : outcome.problems
  if (json) {
    io.out(JSON.stringify({ ok: outcome.ok, file, problems, warnings }, null, 2))
  } else {
    for (const problem of [...problems, ...warnings]) io.out(formatProblem(problem))
    io.out(summary(file, problems.length, warnings.length))
  }
  io.setExitCode(outcome.ok ? 0 : outcome.unreadable ? 2 : 1)
}

function summary(file: string, problems: number, warnings: number): string {
  const also = warnings === 0 ? '' : `, ${count(warnings, 'warning')}`
  return problems === 0 ? `${file}: good${also}` : `${file}: ${count(problems, 'problem')}${also}`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
