import { existsSync } from 'node:fs'
import path from 'node:path'

export const usualFile = 'waybill.yaml'

/** The configuration file a command is about: the one named, else the usual one if it is there. */
export function findConfigurationFile(named: string | undefined, cwd: string): string | null {
  if (named !== undefined) return named
  return existsSync(path.resolve(cwd, usualFile)) ? usualFile : null
}
