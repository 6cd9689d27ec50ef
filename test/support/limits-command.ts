import { Command, CommanderError } from 'commander'
import { register } from '../../src/cli/limits.ts'
import { smallFacts } from '../unit/config/configure.ts'
import { temporaryDirectory } from './gateway.ts'

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs `waybill limits …` in this process. */
export async function limits(args: readonly string[], { env = {}, cwd }: Surroundings = {}) {
  const said = { code: 0, out: '', err: '' }
  const program = new Command('waybill').exitOverride().enablePositionalOptions()
  register(program, {
    out: (text) => {
      said.out += `${text}\n`
    },
    err: (text) => {
      said.err += `${text}\n`
    },
    env,
    cwd: cwd ?? temporaryDirectory(),
    setExitCode: (code) => {
      said.code = code
    },
    facts: smallFacts,
  })
  const limitsCommand = program.commands[0]
  for (const command of [limitsCommand, ...(limitsCommand?.commands ?? [])]) {
    command?.configureOutput({
      writeErr: (text) => {
        said.err += text
      },
    })
  }
  try {
    await program.parseAsync(['limits', ...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    said.code = error.exitCode === 0 ? 0 : 2
  }
  return said
}
