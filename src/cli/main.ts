import { Command, CommanderError } from 'commander'
import type { CommandIo } from './command-io.ts'

/** Modules of the commands: only the one that runs is loaded, so that each starts as fast as it can. */
const commands = {
  start: () => import('./start.ts'),
  init: () => import('./init.ts'),
  check: () => import('./check.ts'),
  schema: () => import('./schema.ts'),
  explain: () => import('./explain.ts'),
  models: () => import('./models.ts'),
  mock: () => import('./mock.ts'),
  simulate: () => import('./simulate.ts'),
  limits: () => import('./limits.ts'),
  doctor: () => import('./doctor.ts'),
}

async function main(args: readonly string[]): Promise<void> {
  // A reader that goes away (a closed terminal, `| head`) is no reason to end a gateway.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const program = new Command('waybill')
    .description('An AI gateway whose every decision can be explained, predicted and replayed.')
    .version(await version(), '-v, --version')
    .showHelpAfterError('(waybill --help lists the commands)')
    .exitOverride()
    .enablePositionalOptions()
  const io = await commandIo()
  const wanted = Object.entries(commands).find(([name]) => name === args[0])
  const modules = wanted === undefined ? Object.values(commands) : [wanted[1]]
  for (const load of modules) {
    const { register } = await load()
    register(program, io)
  }
  for (const command of program.commands) command.exitOverride()
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? 0 : 2
  }
}

async function commandIo(): Promise<CommandIo> {
  const { modelFacts } = await import('../compose.ts')
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    env: process.env,
    cwd: process.cwd(),
    setExitCode: (code) => {
      process.exitCode = code
    },
    facts: modelFacts(),
  }
}

async function version(): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown'
}

await main(process.argv.slice(2))
