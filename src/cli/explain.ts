import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { formatProblem } from '../config/problem.ts'
import type { ExplainAnswer } from '../sim/explain/answer.ts'
import { explainOffline } from '../sim/explain/offline.ts'
import { type RequestFile, readRequestFile } from '../sim/explain/request-file.ts'
import type { CommandIo } from './command-io.ts'
import { readConfigurationOrEnvironment } from './configuration-file.ts'
import { askGateway } from './explain-online.ts'
import { explanationText } from './explanation-text.ts'

interface Options {
  path?: string
  header: readonly string[]
  url: string
  offline?: true
  config?: string
  client?: string
  json?: true
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('explain')
    .description('show where a request would go and why, without sending it')
    .argument('<request.json>', 'a request body, or { "path", "body" }')
    .option('-p, --path <path>', 'where the body would be sent, such as /v1/messages')
    .option(
      '-H, --header <header>',
      'sent with the request: "x-waybill-strategy: cost"; repeatable',
      (header: string, before: readonly string[]) => [...before, header],
      [],
    )
    .option('-u, --url <url>', 'the running gateway', 'http://127.0.0.1:4100')
    .option('--offline', 'from the configuration alone, before anything was measured')
    .option('-c, --config <file>', 'configuration file, with --offline')
    .option('--client <name>', 'who asks, with --offline; without it the default policy holds')
    .option('--json', 'print the explanation as JSON')
    .action((file: string, options: Options) => explain(file, options, io))
}

async function explain(file: string, options: Options, io: CommandIo): Promise<void> {
  const headers = headersIn(options.header)
  const wrong =
    headers === null
      ? '--header takes a name and a value: "x-waybill-strategy: cost".'
      : wrongUsage(options)
  if (headers === null || wrong !== null) return end(2, wrong ?? '', io)
  let content: string
  try {
    content = readFileSync(path.resolve(io.cwd, file), 'utf8')
  } catch (error) {
    return end(2, `${file} cannot be read (${error instanceof Error ? error.message : error}).`, io)
  }
  const request = readRequestFile(content, options.path ?? null)
  if (typeof request === 'string') return end(1, `${file} ${request}.`, io)
  const answer =
    options.offline === true
      ? await offline(request, headers, options, io)
      : await askGateway(options.url, request.question, headers, io.env['WAYBILL_KEY'])
  if (answer === null) return
  if (typeof answer === 'string') return end(1, answer, io)
  show(answer, request, options.json === true, io)
}

function wrongUsage({ offline, config, client, url }: Options): string | null {
  if (offline !== true && config !== undefined) return '--config needs --offline.'
  if (offline !== true && client !== undefined) {
    return '--client needs --offline: the running gateway knows you by your key (WAYBILL_KEY).'
  }
  return URL.canParse(url) ? null : '--url takes an address such as http://127.0.0.1:4100.'
}

/** null: the configuration is not good, which has been said. */
async function offline(
  { question }: RequestFile,
  headers: Readonly<Record<string, string>>,
  { config, client }: Options,
  io: CommandIo,
): Promise<ExplainAnswer | null> {
  const outcome = await readConfigurationOrEnvironment(config, io)
  if (!outcome.ok) {
    for (const problem of outcome.problems) io.err(formatProblem(problem))
    io.setExitCode(outcome.unreadable ? 2 : 1)
    return null
  }
  const { catalog } = outcome
  const body = Buffer.from(question)
  const wallMs = Date.now()
  return explainOffline({ catalog, client: client ?? null, headers, body, wallMs })
}

function show(answer: ExplainAnswer, { path: to }: RequestFile, json: boolean, io: CommandIo) {
  if (answer.ok) {
    const { explanation } = answer
    io.out(json ? JSON.stringify(explanation, null, 2) : explanationText(explanation, to))
    return
  }
  const { status, message } = answer
  if (json) io.out(JSON.stringify({ refused: { status, message } }, null, 2))
  else io.err(`POST ${to} would be refused with ${status}: ${message}`)
  io.setExitCode(1)
}

/** Lower-case names; null where one is no header. */
function headersIn(lines: readonly string[]): Record<string, string> | null {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value] = /^([\w-]+):[ \t]*([\x20-\x7e]*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) return null
    headers[name.toLowerCase()] = value.trim()
  }
  return headers
}

function end(exitCode: 1 | 2, message: string, io: CommandIo): void {
  io.err(message)
  io.setExitCode(exitCode)
}
