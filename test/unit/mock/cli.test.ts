import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { register } from '../../../src/cli/mock.ts'
import { startMock } from '../../../src/mock/start-mock.ts'
import { hello } from './raw-client.ts'

/** Runs the command in this process; only for calls that do not stay. */
async function run(...args: string[]) {
  const said = { out: '', err: '', exitCode: 0 }
  const writeOut = (text: string) => {
    said.out += text
  }
  const program = new Command('waybill')
  register(program, {
    out: writeOut,
    err: (text) => {
      said.err += text
    },
    setExitCode: (code) => {
      said.exitCode = code
    },
  })
  for (const command of program.commands) command.exitOverride().configureOutput({ writeOut })
  await program.parseAsync(['mock', ...args], { from: 'user' }).catch((error) => {
    if (error.code !== 'commander.helpDisplayed') throw error
  })
  return said
}

const script = `
  import { Command } from 'commander'
  import { register } from './src/cli/mock.ts'
  const program = new Command('waybill')
  register(program, { out: console.log, err: console.error, setExitCode: (code) => { process.exitCode = code } })
  await program.parseAsync(process.argv.slice(1), { from: 'user' })
`

describe('waybill mock', () => {
  it('serves as told until it gets a signal', async () => {
    const options = ['--listen', '127.0.0.1:0', '--json', '--fault', 'status=418', '--seed', '3']
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', script, 'mock', ...options],
      {
        cwd: path.resolve(import.meta.dirname, '../../..'),
      },
    )
    const [line] = await once(child.stdout, 'data')
    const { url, seed } = JSON.parse(String(line))
    expect(seed).toBe(3)
    const body = JSON.stringify({ model: 'm', messages: hello })
    const reply = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body })
    expect(reply.status).toBe(418)
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })

  it('lists the faults in its help', async () => {
    const { out } = await run('--help')
    expect(out).toContain('cut-fin@20')
    expect(out).toContain('reset the connection before the headers')
  })

  it.each([
    [['--listen', 'here'], 'host:port'],
    [['--seed', 'x'], 'whole number'],
    [['--ttft', 'soon'], 'milliseconds'],
    [['--fault', 'cut-fim'], 'cut-fin'],
    [['--error-rate', '7'], '0 to 1'],
  ])('refuses %j as wrong usage', async (args, said) => {
    const { err, exitCode } = await run('--listen', '127.0.0.1:0', ...args)
    expect(err).toContain(said)
    expect(exitCode).toBe(2)
  })

  it('says which address is taken', async () => {
    const mock = await startMock()
    const { err, exitCode } = await run('--listen', `127.0.0.1:${mock.port}`)
    expect(err).toContain(`127.0.0.1:${mock.port} is taken`)
    expect(exitCode).toBe(1)
    await mock.close()
  })
})
