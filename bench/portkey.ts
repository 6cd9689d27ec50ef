import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const version = '1.15.2'

/**
 * The start script of Portkey's gateway, installed once beside the system's temporary files; null where
 * the registry cannot be reached.
 */
export function installPortkey(): string | null {
  const folder = path.join(tmpdir(), `waybill-bench-portkey-${version}`)
  const script = path.join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  if (existsSync(script)) return script
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}')
    execFileSync(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', `@portkey-ai/gateway@${version}`],
      { cwd: folder, stdio: 'ignore', timeout: 120_000 },
    )
    return existsSync(script) ? script : null
  } catch {
    return null
  }
}
