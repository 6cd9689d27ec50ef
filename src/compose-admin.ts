import { type AdminToken, openAdminToken } from './adapters/system/admin-token.ts'
import type { Log } from './adapters/telemetry/log.ts'
import type { OpenedLimits } from './compose-limits.ts'
import { adminTokenFile, adminTokenVariable, isUsualAdminListen } from './config/admin.ts'
import { formatListen, type ListenAddress, localUrl } from './config/listen.ts'
import type { Environment, Settings } from './config/settings.ts'
import type { Catalog, Secret } from './core/catalog.ts'
import { createLimitDesk } from './gateway/limit-desk.ts'
import type { Clock } from './gateway/ports.ts'
import { listenAdmin } from './http/admin/listen-admin.ts'
import { createAdminServer } from './http/admin/server.ts'

export interface AdminOptions {
  readonly settings: () => Settings
  readonly environment: Environment
  /** null: nothing outlives the process. */
  readonly directory: string | null
  readonly catalog: () => Catalog
  readonly limits: OpenedLimits
  readonly clock: Clock
  readonly log: Log
  /** A secret from now on. */
  readonly onToken: (token: Secret) => void
  readonly onInternalError: (error: unknown) => void
}

/** The admin API as it runs. */
export interface Admin {
  readonly url: string
  readonly listening: ListenAddress
  /** null where it was there before, or in the environment. */
  readonly newToken: Secret | null
  readonly tokenFile: string | null
  close(): Promise<void>
}

/** null: turned off. A sentence where it cannot be had. */
export async function openAdmin(options: AdminOptions): Promise<Admin | null | string> {
  const { settings, directory, log } = options
  const { admin } = settings()
  if (admin === false) return null
  const token = await openAdminToken({
    environment: options.environment,
    variable: adminTokenVariable,
    file: directory === null ? null : adminTokenFile(directory),
  })
  if (!token.ok) {
    if (token.why === 'weak') return token.problem
    // A full disk must not keep a gateway from serving, nor one that nobody else can write to.
    log.event('error', `the admin API is off: ${token.problem}`)
    return null
  }
  options.onToken(token.token)
  if (token.warning !== null) log.event('warn', token.warning)
  const server = createAdminServer({
    token: token.token,
    hosts: () => hostsOf(settings(), admin.listen),
    limits: createLimitDesk({
      catalog: options.catalog,
      state: options.limits.limiting.state,
      inForce: options.limits.limiting.inForce,
      set: options.limits.set,
      reports: options.limits.reports,
      clock: options.clock,
      onChange(what, details) {
        log.event('info', what, details)
        // Books may have been emptied.
        options.limits.limiting.room.changed()
      },
    }),
    clock: options.clock,
    onInternalError: options.onInternalError,
  })
  const bound = await listenAdmin(server.server, admin.listen, isUsualAdminListen(admin.listen))
  if (typeof bound === 'string') return `${formatListen(admin.listen)} ${bound}`
  if (admin.listen.port !== 0 && bound.port !== admin.listen.port) {
    const taken = formatListen(admin.listen)
    log.event('warn', `${taken} is taken: the admin API is at ${formatListen(bound)}`)
  }
  return running(bound, token, server.close)
}

function running(
  listening: ListenAddress,
  { token, made, file }: AdminToken & { ok: true },
  close: () => Promise<void>,
): Admin {
  return {
    url: localUrl(listening),
    listening,
    newToken: made ? token : null,
    tokenFile: file,
    close,
  }
}

function hostsOf({ admin }: Settings, listen: ListenAddress) {
  return { listen: listen.host, names: admin === false ? [] : admin.hosts }
}
