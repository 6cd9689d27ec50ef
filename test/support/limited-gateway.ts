import type { JsonObject } from '../../src/core/json.ts'
import { type Caller, openCaller } from './caller.ts'
import { type GatewayOptions, startGateway, type TestGateway } from './gateway.ts'
import type { AdminAt } from './limit-books.ts'

export interface LimitedGateway extends TestGateway {
  readonly admin: AdminAt
  readonly caller: Caller
}

/** A gateway in this process with its admin API, both on free ports. */
export async function startLimited(
  sections: JsonObject,
  options: GatewayOptions = {},
): Promise<LimitedGateway> {
  const environment = { WAYBILL_ADMIN_TOKEN: testAdminToken, ...options.environment }
  const gateway = await startGateway(yamlOf(sections), { ...options, environment })
  const { admin } = gateway.waybill
  if (admin === null) throw new Error('the admin API is off')
  return {
    ...gateway,
    admin: { url: admin.url, token: testAdminToken },
    caller: openCaller(gateway.url),
  }
}

export const testAdminToken = `wb-admin-${'0123456789abcdef'.repeat(4)}`

/** A configuration on free ports. JSON is YAML too. */
export function yamlOf(sections: JsonObject): string {
  const listening = { listen: '127.0.0.1:0' }
  return Object.entries({ server: listening, admin: listening, ...sections })
    .map(([name, section]) => `${name}: ${JSON.stringify(section)}\n`)
    .join('')
}

/** A provider of chat completions at an address, without retries of its own. */
export function providerAt(baseUrl: string, more: JsonObject = {}): JsonObject {
  return { dialect: 'openai', baseUrl, apiKey: 'sk-test', ...more }
}
