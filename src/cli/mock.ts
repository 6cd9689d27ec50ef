import type { Command } from 'commander'
import { type ListenAddress, parseListen } from '../config/listen.ts'
import { faultNames } from '../mock/behaviour/fault-names.ts'
import { type Mock, startMock } from '../mock/start-mock.ts'
import type { CommandIo } from './command-io.ts'

type MockIo = Pick<CommandIo, 'out' | 'err' | 'setExitCode'>

interface MockCommandOptions {
  listen: string
  seed: string
  ttft?: string
  tps?: string
  errorRate?: string
  fault?: string
  json?: true
}

export function register(program: Command, io: MockIo): void {
  program
    .command('mock')
    .description('run a provider to test against: four dialects, latency and faults to set')
    .option('-l, --listen <host:port>', 'where it listens; port 0 takes any', '127.0.0.1:4110')
    .option('--seed <n>', 'the same seed gives the same replies and the same troubles', '1')
    .option('--ttft <ms>', 'milliseconds to the first token')
    .option('--tps <n>', 'tokens per second (all at once unless given)')
    .option('--error-rate <share>', 'share of requests that fail, 0 to 1')
    .option('--fault <spec>', 'what goes wrong: cut-fin@20, crlf+split, or status=429;times=2')
    .option('--json', 'print the address as JSON')
    .addHelpText('after', faultHelp())
    .action((options: MockCommandOptions) => runMock(options, io))
}

function faultHelp(): string {
  const width = Math.max(...Object.keys(faultNames).map((name) => name.length)) + 6
  const lines = Object.entries(faultNames).map(([name, { at, about }]) => {
    const written = at === null ? name : `${name}@${at}`
    return `  ${written.padEnd(width)}${about}`
  })
  return (
    '\nFaults (the number after @ is what stands for it when left out):\n' +
    `${lines.join('\n')}\n\n` +
    'Each request can set its own: model "any;ttft=200;fault=stall@5" or header x-mock.'
  )
}

async function runMock(options: MockCommandOptions, io: MockIo): Promise<void> {
  const listen = parseListen(options.listen)
  if (listen === null) return wrongUsage(io, '--listen takes host:port, such as 127.0.0.1:4110.')
  const seed = Number(options.seed)
  if (!Number.isSafeInteger(seed)) return wrongUsage(io, '--seed takes a whole number.')
  const mock = await started(listen, seed, behaviourFrom(options), io)
  if (mock === null) return
  if (options.json === true) io.out(JSON.stringify({ url: mock.url, seed }))
  else io.out(greeting(mock))
  const stop = () => void mock.close()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** The options as behaviour text; an error rate without a fault of its own means "overloaded". */
function behaviourFrom({ ttft, tps, errorRate, fault }: MockCommandOptions): string {
  const pairs: string[] = []
  if (ttft !== undefined) pairs.push(`ttft=${ttft}`)
  if (tps !== undefined) pairs.push(`tps=${tps}`)
  if (fault !== undefined) pairs.push(fault.includes('=') ? fault : `fault=${fault}`)
  else if (errorRate !== undefined) pairs.push('error=overloaded')
  if (errorRate !== undefined) pairs.push(`rate=${errorRate}`)
  return pairs.join(';')
}

async function started(
  { host, port }: ListenAddress,
  seed: number,
  behaviour: string,
  io: MockIo,
): Promise<Mock | null> {
  try {
    return await startMock({ host, port, seed, behaviour })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const taken = 'code' in error && error.code === 'EADDRINUSE'
    io.err(taken ? `${host}:${port} is taken. Choose another port with --listen.` : error.message)
    io.setExitCode(taken ? 1 : 2)
    return null
  }
}

function greeting({ url }: Mock): string {
  return [
    '',
    `  A mock provider is ready: ${url}`,
    '',
    `  OpenAI     base URL ${url}/v1`,
    `  Anthropic  base URL ${url}`,
    `  Gemini     base URL ${url}`,
    `  log        ${url}/__log`,
    '',
    '  Any model name does; what hangs on it after a semicolon sets how it is answered:',
    '',
    `  curl -N ${url}/v1/chat/completions -H 'content-type: application/json' \\`,
    '    -d \'{"model": "mock-small;ttft=200;tps=50;fault=cut-fin@20", "stream": true,',
    '         "messages": [{"role": "user", "content": "Hello!"}]}\'',
    '',
  ].join('\n')
}

function wrongUsage(io: MockIo, message: string): void {
  io.err(message)
  io.setExitCode(2)
}
