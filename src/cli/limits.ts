import type { Command } from 'commander'
import type { z } from 'zod'
import {
  cleanLimits,
  limitBuckets,
  limitStats,
  limitStatus,
  limitsInForce,
  limitViolations,
  putLimit,
  removeLimits,
  resetLimits,
} from '../http/admin/contract/limits.ts'
import type { Operation } from '../http/admin/contract/operation.ts'
import { askAdmin, type Problem } from './admin-client.ts'
import type { CommandIo } from './command-io.ts'
import {
  bucketsTable,
  configurationTable,
  daysTable,
  escaped,
  plain,
  setTable,
  standingsTable,
  violationsTable,
} from './limits-tables.ts'

export function register(program: Command, io: CommandIo): void {
  const limits = program
    .command('limits')
    .description('see and change the limits of the running gateway')
  registerStatus(limits, io)
  registerChanges(limits, io)
  registerReports(limits, io)
  command(limits, 'cleanup', 'forget what is full and unused, old reports and expired limits')
    .option('--untouched <age>', 'books that are full and were not used for so long (24h)')
    .option(
      '--reports <age>',
      'statistics that are older (90d), and violations (kept for 30 days at most)',
    )
    .action(
      asks(cleanLimits, io, ({ buckets, reports, expired }) => {
        const books = count(buckets, 'book')
        return `${books}, ${count(reports, 'report')}, ${count(expired, 'expired limit')} forgotten`
      }),
    )
}

function registerStatus(limits: Command, io: CommandIo): void {
  const status = command(limits, 'status', 'how much of each limit is used')
  most(whose(status)).action(
    asks(limitStatus, io, ({ limits: rows }) => list(rows, standingsTable)),
  )
  const config = command(limits, 'config', 'the limits that hold, configured or set')
  most(whose(config)).action(
    asks(limitsInForce, io, ({ limits: rows }) => list(rows, configurationTable)),
  )
  const buckets = command(limits, 'buckets', 'the books in use')
  most(whose(buckets)).action(asks(limitBuckets, io, (found) => list(found.buckets, bucketsTable)))
}

function registerChanges(limits: Command, io: CommandIo): void {
  const set = command(limits, 'set', 'set a limit for one of them, in force for the next request')
  whose(set)
    .requiredOption('--limit <amount>', 'requests or tokens; US dollars with --metric cost')
    .option('--window <period>', 'second, minute, hour, day or month')
    .option('--burst <amount>', 'beyond the limit, in the same units (0)')
    .option(
      '--metric <metric>',
      'requests, inputTokens, outputTokens, tokens, cost or concurrent (requests)',
    )
    .option('--expires <when>', 'a date (2026-12-31), a time (ISO 8601), or how long: 12h, 7d')
    .action(asks(putLimit, io, setTable))
  const remove = command(limits, 'remove', 'remove limits that were set')
  whose(remove)
    .option('--metric <metric>', 'only those on this metric')
    .option('--window <period>', 'only those per this period')
    .action(asks(removeLimits, io, ({ removed }) => removed.map(plain).join('\n')))
  const reset = command(limits, 'reset', 'empty books, as if nothing had been taken from them')
  whose(reset)
    .option('--all', 'the books of everyone')
    .action(asks(resetLimits, io, ({ reset: books }) => `${count(books, 'book')} emptied`))
}

function registerReports(limits: Command, io: CommandIo): void {
  const stats = command(limits, 'stats', 'what each limit let pass and turned away, by day')
  since(most(whose(stats))).action(asks(limitStats, io, ({ days }) => list(days, daysTable)))
  const violations = command(limits, 'violations', 'requests that limits turned away')
  since(most(whose(violations))).action(
    asks(limitViolations, io, ({ violations: rows }) => list(rows, violationsTable)),
  )
}

function command(limits: Command, name: string, description: string): Command {
  return limits
    .command(name)
    .description(description)
    .option('--json', 'print the result as JSON')
    .option('--admin <url>', 'the admin API of the gateway (http://127.0.0.1:4101)')
    .option('-c, --config <file>', 'configuration file of the gateway')
    .option('-d, --data <directory>', 'its data directory, which holds the admin token')
}

function whose(of: Command): Command {
  return of
    .option('--user <name>', 'an end user')
    .option('--provider <id>', 'a provider')
    .option('--ip <address>', 'an address; IPv6 counts by its /64')
    .option('--client <name>', 'a client')
    .option('--policy <name>', 'a policy')
    .option('--model <name>', 'a public model name, or provider/model')
    .option('--target <provider/model>', 'a model at a provider')
    .option('--global', 'all requests together')
}

function most(of: Command): Command {
  return of.option('--max <n>', 'at most so many rows (100), up to 1000')
}

function since(of: Command): Command {
  return of.option('--since <when>', 'from a date (2026-12-31) or time on, or the last 24h, 7d')
}

/** As the command line has them: beside those here, under the names of the admin API. */
interface Options {
  readonly json?: true
  readonly admin?: string
  readonly config?: string
  readonly data?: string
  readonly [asked: string]: string | true | undefined
}

/** Asks the gateway for an operation, and prints what it says. */
function asks<Input extends z.ZodObject, Reply extends z.ZodType>(
  operation: Operation<Input, Reply>,
  io: CommandIo,
  show: (reply: z.output<Reply>) => string,
): (options: Options) => Promise<void> {
  return async ({ json, admin, config, data, ...asked }) => {
    const answer = await askAdmin(operation, withNumbers(asked), { admin, config, data }, io)
    if (answer.ok) io.out(json === true ? jsonText(answer.value) : show(answer.value))
    else tell(answer.problem, json === true, io)
    const note = answer.ok ? noteIn(answer.value) : null
    if (note !== null) io.err(escaped(note))
    if (answer.ok && hasMore(answer.value)) io.err('There are more: --max shows up to 1000.')
    io.setExitCode(answer.ok ? 0 : answer.exitCode)
  }
}

function tell(problem: Problem, asJson: boolean, io: CommandIo): void {
  if (asJson) io.out(jsonText({ error: problem }))
  else io.err(escaped(problem.message))
}

const numbers = ['limit', 'burst']

function withNumbers(
  asked: Readonly<Record<string, string | true | undefined>>,
): Record<string, string | number | true | undefined> {
  return Object.fromEntries(
    Object.entries(asked).map(([name, value]) => [
      name,
      typeof value === 'string' && numbers.includes(name) ? numberIn(value) : value,
    ]),
  )
}

function numberIn(text: string): number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
}

/** JSON leaves some characters as they are which terminals may act on. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/[^\n\P{C}]|[\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, unit) => {
      const code = character.charCodeAt(unit).toString(16)
      return `\\u${code.padStart(4, '0')}`
    }).join(''),
  )
}

function list<Row>(rows: readonly Row[], table: (rows: readonly Row[]) => string): string {
  return rows.length === 0 ? 'There are none.' : table(rows)
}

/** Books that are out of reach are not as they are shown. */
function noteIn(reply: unknown): string | null {
  if (typeof reply !== 'object' || reply === null || !('state' in reply)) return null
  const { state } = reply
  if (typeof state !== 'object' || state === null || !('message' in state)) return null
  return typeof state.message === 'string' ? state.message : null
}

function hasMore(reply: unknown): boolean {
  return typeof reply === 'object' && reply !== null && 'more' in reply && reply.more === true
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
