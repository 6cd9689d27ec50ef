import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { JsonObject } from '../../core/json.ts'
import type { BodyReader } from '../read-body.ts'
import { type AdminApp, type AdminEnvironment, json, refused, serveOn } from './admin-app.ts'
import { operations } from './contract/operations.ts'
import { serveLimits } from './limits.ts'
import { openApiDocument, openApiPath } from './openapi.ts'
import type { AdminApi } from './server.ts'

/** Answers a call that was let in. */
export type Answering = (message: IncomingMessage, response: ServerResponse) => Promise<void>

/** The operations of the contract, and what is said of all other paths. */
export function answerCalls(api: AdminApi, readBody: BodyReader): Answering {
  const app = adminApp(api, readBody)
  return getRequestListener((request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  })
}

function adminApp(api: AdminApi, readBody: BodyReader): AdminApp {
  const app: AdminApp = new Hono<AdminEnvironment>({
    // As it was sent: there is no second spelling of a path.
    getPath: (_request, options) => options?.env?.incoming.url?.split('?')[0] ?? '',
  })
  let document: JsonObject | null = null
  app.get(openApiPath, (context) => {
    document ??= openApiDocument()
    return json(context, 200, document)
  })
  serveLimits(serveOn(app, readBody), api.limits, api.clock.nowMs)
  app.notFound((context) => {
    const { method, path } = context.req
    const allowed = operations.flatMap((one) => (one.path === path ? [one.method] : []))
    if (path === openApiPath) allowed.push('GET')
    if (allowed.length === 0) {
      const message = `There is nothing at this path: ${openApiPath} lists what there is.`
      return refused(context, { code: 'not_found', message, field: null })
    }
    context.header('allow', [...new Set(allowed)].join(', '))
    const message = `This path takes ${[...new Set(allowed)].join(', ')}, not ${method}.`
    return refused(context, { code: 'method_not_allowed', message, field: null })
  })
  app.onError((error, context) => {
    api.onInternalError(error)
    const message = 'The gateway failed; its log says why.'
    return refused(context, { code: 'internal', message, field: null })
  })
  return app
}
