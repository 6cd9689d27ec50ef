import { promises as files } from 'node:fs'
import type { Catalog, ModelFacts } from '../core/catalog.ts'
import { compile } from './compile.ts'
import type { ListenAddress } from './listen.ts'
import { load } from './load.ts'
import type { Problem } from './problem.ts'
import type { Environment, Settings } from './settings.ts'
import { type ZeroConfiguration, zeroConfiguration } from './zero.ts'

/** A configuration ready to be put in force, or why it cannot be. */
export type ConfigurationOutcome =
  | {
      readonly ok: true
      readonly catalog: Catalog
      readonly settings: Settings
      readonly warnings: readonly Problem[]
    }
  | {
      readonly ok: false
      readonly problems: readonly Problem[]
      readonly warnings: readonly Problem[]
      /** There is no such file, or it cannot be read: nothing is known of its content. */
      readonly unreadable: boolean
    }

export interface ConfigurationContext {
  readonly environment: Environment
  readonly facts: ModelFacts
  /** Of the catalog to be made, from 1. */
  readonly generation: number
  /** From the command line; wins over the file. */
  readonly listen?: ListenAddress | undefined
  /** The same for the admin API, which it also turns on. */
  readonly adminListen?: ListenAddress | undefined
}

/** Reads, checks and compiles a configuration file. Never throws. */
export async function configurationFromFile(
  file: string,
  context: ConfigurationContext,
): Promise<ConfigurationOutcome> {
  let content: Uint8Array
  try {
    content = await files.readFile(file)
  } catch (error) {
    return { ok: false, problems: [unreadable(file, error)], warnings: [], unreadable: true }
  }
  return configurationFromContent(content, file, context)
}

export function configurationFromContent(
  content: Uint8Array,
  file: string,
  context: ConfigurationContext,
): ConfigurationOutcome {
  const loaded = load(content, file, context.environment)
  if (!loaded.ok) {
    return { ok: false, problems: loaded.problems, warnings: [], unreadable: false }
  }
  const settings = listeningOn(context, loaded.settings)
  const compiled = compile(settings, { ...context, file, locate: loaded.locate })
  if (!compiled.ok) return { ...compiled, unreadable: false }
  return { ...compiled, settings }
}

/** The configuration when there is no file, with what was found in the environment. */
export function configurationFromEnvironment(
  context: ConfigurationContext,
): ConfigurationOutcome & { readonly zero: ZeroConfiguration } {
  const zero = zeroConfiguration(context.environment, context.listen)
  const settings = listeningOn(context, zero.settings)
  const compiled = compile(settings, { ...context, file: null, locate: () => null })
  if (!compiled.ok) return { ...compiled, unreadable: false, zero }
  return { ...compiled, settings, zero }
}

function listeningOn({ listen, adminListen }: ConfigurationContext, settings: Settings): Settings {
  const { server, admin } = settings
  return {
    ...settings,
    server: listen === undefined ? server : { ...server, listen },
    admin: adminListen === undefined ? admin : { hosts: [], ...admin, listen: adminListen },
  }
}

function unreadable(file: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const message = {
    ENOENT: 'there is no such file',
    EACCES: 'may not be read by this user',
    EISDIR: 'is a folder, not a file',
  }[code]
  return {
    severity: 'error',
    file,
    path: '',
    message: message ?? `cannot be read (${code})`,
  }
}
