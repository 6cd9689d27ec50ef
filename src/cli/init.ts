import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { sampleConfiguration } from '../config/sample.ts'
import type { CommandIo } from './command-io.ts'
import { usualFile } from './configuration-file.ts'

export function register(program: Command, io: CommandIo): void {
  program
    .command('init')
    .description('write a commented configuration for the provider keys found in the environment')
    .argument('[file]', 'where to write it', usualFile)
    .action((file: string) => init(file, io))
}

function init(file: string, io: CommandIo): void {
  const sample = sampleConfiguration(io.env)
  try {
    writeFileSync(path.resolve(io.cwd, file), sample.text, { flag: 'wx' })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    io.err(
      code === 'EEXIST'
        ? `${file} exists already, and is left as it is. Name another file, or move it away.`
        : `${file} cannot be written (${code}).`,
    )
    io.setExitCode(1)
    return
  }
  io.out(`Wrote ${file}.`)
  for (const { provider, variables } of sample.found) {
    io.out(`  ${provider}, with ${variables.join(' and ')}`)
  }
  for (const note of sample.notes) io.out(`  ${note}`)
  if (sample.found.length === 0) {
    io.out('  No provider key was found, so it uses a simulated provider.')
  }
  const usual = file === usualFile
  const check = usual ? 'waybill check' : `waybill check ${file}`
  const start = usual ? 'waybill start' : `waybill start --config ${file}`
  io.out(`Check it with \`${check}\`, start it with \`${start}\`.`)
}
