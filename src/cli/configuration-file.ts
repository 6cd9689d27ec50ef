import { existsSync } from 'node:fs'
import path from 'node:path'
import {
  type ConfigurationOutcome,
  configurationFromEnvironment,
  configurationFromFile,
} from '../config/configuration.ts'
import type { Problem } from '../config/problem.ts'
import type { CommandIo } from './command-io.ts'

export const usualFile = 'waybill.yaml'

/** The configuration file a command is about: the one named, else the usual one if it is there. */
export function findConfigurationFile(named: string | undefined, cwd: string): string | null {
  if (named !== undefined) return named
  return existsSync(path.resolve(cwd, usualFile)) ? usualFile : null
}

/** Reads and compiles a file; what is found in it names the file as the user did. */
export async function readConfiguration(
  file: string,
  io: CommandIo,
): Promise<ConfigurationOutcome> {
  const outcome = await configurationFromFile(path.resolve(io.cwd, file), {
    environment: io.env,
    facts: io.facts,
    generation: 1,
  })
  const asNamed = (found: readonly Problem[]) => found.map((one) => ({ ...one, file }))
  const warnings = asNamed(outcome.warnings)
  return outcome.ok
    ? { ...outcome, warnings }
    : { ...outcome, warnings, problems: asNamed(outcome.problems) }
}

/** The same, or without any file what the environment offers. */
export async function readConfigurationOrEnvironment(
  named: string | undefined,
  io: CommandIo,
): Promise<ConfigurationOutcome> {
  const file = findConfigurationFile(named, io.cwd)
  if (file !== null) return readConfiguration(file, io)
  return configurationFromEnvironment({ environment: io.env, facts: io.facts, generation: 1 })
}
