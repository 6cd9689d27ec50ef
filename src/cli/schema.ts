import type { Command } from 'commander'
import { configurationJsonSchema } from '../config/schema.ts'
import type { CommandIo } from './command-io.ts'

export function register(program: Command, io: CommandIo): void {
  program
    .command('schema')
    .description('print the JSON schema of the configuration, for editors')
    .action(() => io.out(JSON.stringify(configurationJsonSchema(), null, 2)))
}
