import type { ServerResponse } from 'node:http'
import type { Catalog } from '../core/catalog.ts'
import { type Failure, failure } from '../core/failure.ts'
import { authenticate } from '../gateway/authenticate.ts'
import { answerModels } from './models.ts'
import { answerJson } from './plain-answers.ts'
import type { Found } from './routes.ts'

/** What is asked for, beside the route. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  /** The peer is this very machine. */
  readonly loopback: boolean
}

/** What these answers are made of. */
export interface House {
  readonly catalog: Catalog
  readonly health: HealthReport
  readonly draining: boolean
  readonly inFlight: number
  readonly metricsText: () => Promise<{ contentType: string; text: string }>
}

export interface HealthReport {
  readonly ready: boolean
  readonly status: string
  /** Names files and providers: for those who run the gateway, not for strangers. */
  readonly details: object
}

export interface Refusing {
  refuse(problem: Failure, status?: number): void
  fail(error: unknown): void
}

/** Everything but requests to models: lists, health, metrics, and paths that lead nowhere. */
export function answerOther(
  response: ServerResponse,
  route: Exclude<Found, { to: 'endpoint' | 'posted' }>,
  asked: Asked,
  house: House,
  { refuse, fail }: Refusing,
) {
  const { catalog, health, draining } = house
  switch (route.to) {
    case 'root':
      return answerJson(response, 200, {
        name: 'waybill',
        docs: '/v1/models lists what can be asked for',
      })
    case 'live':
      return answerJson(response, 200, { live: true })
    case 'ready': {
      const ready = !draining && health.ready
      return answerJson(response, ready ? 200 : 503, { ready })
    }
    case 'health': {
      const { status } = health
      const details = authenticate(asked, catalog).ok ? health.details : {}
      return answerJson(response, health.ready && !draining ? 200 : 503, {
        status,
        ...details,
        draining,
        inFlight: house.inFlight,
      })
    }
    case 'metrics': {
      // Names of models and targets: beyond this machine they are for those who have a key.
      const caller = asked.loopback ? null : authenticate(asked, catalog)
      if (caller?.ok === false) return refuse(caller.failure)
      return void house.metricsText().then(({ contentType, text }) => {
        response.writeHead(200, { 'content-type': contentType })
        response.end(text)
      }, fail)
    }
    case 'models':
    case 'model':
    case 'pricing': {
      const answered = answerModels(catalog, route, asked)
      return answered.ok ? answerJson(response, 200, answered.value) : refuse(answered.failure)
    }
    case 'wrong-method': {
      response.setHeader('allow', route.allow)
      const message = `${asked.path} takes ${route.allow}, not ${asked.method}.`
      return refuse(failure('invalid_request', message), 405)
    }
    case 'nowhere': {
      const message = `There is no ${shown(asked.path)} here. See docs/reference/api.md.`
      return refuse(failure('invalid_request', message), 404)
    }
  }
}

function shown(path: string): string {
  return path.length > 100 ? `${path.slice(0, 100)}…` : path
}
