import { onTestFinished } from 'vitest'
import {
  createMemoryState,
  type MemoryState,
} from '../../src/adapters/state/memory/memory-state.ts'
import type { LimitStores } from '../../src/adapters/store/limits/limit-stores.ts'
import { createMemoryLimits } from '../../src/adapters/store/limits/memory-limits.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { type Catalog, Secret } from '../../src/core/catalog.ts'
import type { Asker } from '../../src/core/limits/bindings.ts'
import { type LimitsInForce, openLimitsInForce } from '../../src/core/limits/limits-in-force.ts'
import { createLimitDesk, type LimitDesk } from '../../src/gateway/limit-desk.ts'
import type { Clock } from '../../src/gateway/ports.ts'
import { openSetLimits, type SetLimits } from '../../src/gateway/set-limits.ts'
import type { OwnHosts } from '../../src/http/admin/own-host.ts'
import { createAdminServer } from '../../src/http/admin/server.ts'
import { listen } from '../../src/http/listen.ts'
import { catalogOf } from '../unit/config/configure.ts'

/** Limits on one of each, beside what the desk needs of a configuration. */
export const officeYaml = `
providers: { demo: { simulated: {}, models: { small: {} } }, spare: { simulated: {}, strict: true, models: { only: {} } } }
models: { fast: { aliases: [quick], targets: [demo/small] } }
policies: { product-x: { allow: ["*"], limits: [{ per: day, cost: 5 }] } }
clients: { web: { policy: product-x, key: "sha256:${'5e'.repeat(32)}" } }
limits:
  global: [{ per: minute, requests: 1000, burst: 100 }]
  user: [{ per: minute, requests: 10 }]
  ip: [{ per: minute, requests: 50, burst: 5 }]
  provider: [{ per: minute, requests: 500 }]
`

export interface Office {
  readonly desk: LimitDesk
  readonly catalog: Catalog
  readonly inForce: LimitsInForce
  readonly set: SetLimits
  readonly state: MemoryState
  readonly stores: LimitStores
  readonly changes: string[]
  /** One request of somebody, as admission would charge it; whether it was let pass. */
  request(asker?: Partial<Asker>): boolean
}

/** The limits of a gateway and the desk they are seen and changed at, without a gateway around them. */
export async function openOffice(
  clock: Clock = systemClock,
  yaml = officeYaml,
  stores: LimitStores = createMemoryLimits(),
): Promise<Office> {
  const catalog = catalogOf(yaml)
  const inForce = openLimitsInForce(catalog.limits ?? [], [])
  const state = createMemoryState({ clock, store: null })
  const changes: string[] = []
  const set = await openSetLimits({
    store: stores.set,
    inForce,
    clock,
    onProblem: (message) => changes.push(message),
  })
  onTestFinished(() => set.close())
  const desk = createLimitDesk({
    catalog: () => catalog,
    state,
    inForce,
    set,
    reports: stores.reports,
    clock,
    onChange: (what) => changes.push(what),
  })
  let tickets = 0
  return {
    desk,
    catalog,
    inForce,
    set,
    state,
    stores,
    changes,
    request(asker = {}) {
      const bindings = inForce.at(clock.nowMs()).ofAsker({ ...anyone, ...asker })
      const charges = bindings
        .filter(({ limit }) => limit.metric === 'requests')
        .map((binding) => ({ ...binding, amount: 1, least: 1 }))
      let passed = false
      tickets++
      const ticket = `ticket-${tickets}`
      state.borrow({ ticket, charges, options: [] }, (borrowed) => {
        passed = borrowed.granted
        if (!borrowed.granted) return
        state.settle(charges.map((charge) => ({ ticket, charge, actual: 1, at: borrowed.at })))
      })
      return passed
    },
  }
}

const anyone: Asker = {
  client: 'local',
  policy: 'default',
  model: 'fast',
  user: null,
  ip: '127.0.0.1',
}

export const adminToken = `wb-admin-${'0123456789abcdef'.repeat(4)}`

export interface TestAdmin extends Office {
  readonly url: string
  readonly errors: unknown[]
  /** With the right token, and JSON. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }>
}

/** The admin API on a free port, ended with the test. */
export async function startAdmin(
  options: { readonly hosts?: OwnHosts; readonly office?: Office } = {},
): Promise<TestAdmin> {
  const office = options.office ?? (await openOffice())
  const errors: unknown[] = []
  const admin = createAdminServer({
    token: new Secret(adminToken),
    hosts: () => options.hosts ?? { listen: '127.0.0.1', names: [] },
    limits: office.desk,
    clock: systemClock,
    onInternalError: (error) => errors.push(error),
  })
  const bound = await listen(admin.server, { host: '127.0.0.1', port: 0 })
  if (typeof bound === 'string') throw new Error(bound)
  onTestFinished(() => admin.close())
  const url = `http://127.0.0.1:${bound.port}`
  return {
    ...office,
    url,
    errors,
    async call(method, path, body) {
      const reply = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: reply.status, json: await reply.json() }
    },
  }
}
