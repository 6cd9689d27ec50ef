import { onTestFinished } from 'vitest'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { type Dialect, dialects } from '../../../src/core/request.ts'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'
import { startGateway, type TestGateway, until } from '../gateway.ts'
import { clients } from './clients.ts'
import { type Received, readReceived } from './received.ts'
import type { Client } from './talk.ts'

/** One provider per dialect, all of them the same mock. */
export const providerIds: Readonly<Record<Dialect, string>> = {
  openai: 'chat',
  'openai-responses': 'responses',
  anthropic: 'messages',
  gemini: 'content',
}

export interface Rig {
  readonly mock: Mock
  readonly gateway: TestGateway
  /** What the provider received last, in its own words. */
  received(dialect: Dialect): Received
  /** The record of the latest request, once it is complete. */
  record(): Promise<WaybillRecord>
}

/** A mock and a gateway in front of it, for one test. */
export async function startRig(moreYaml = ''): Promise<Rig> {
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const gateway = await startGateway(`${providersYaml(mock)}${moreYaml}`)
  return {
    mock,
    gateway,
    received(dialect) {
      return readReceived(dialect, mock.log.requests().at(-1)?.body)
    },
    async record() {
      await until(() => gateway.waybill.inFlight() === 0)
      return gateway.lastRecord()
    },
  }
}

function providersYaml(mock: Mock): string {
  const lines = dialects.map((dialect) => {
    const address = `${mock.url}/${dialect === 'gemini' ? 'v1beta' : 'v1'}`
    const id = providerIds[dialect]
    return `  ${id}: { dialect: ${dialect}, baseUrl: "${address}", apiKey: key-of-${id} }\n`
  })
  return `providers:\n${lines.join('')}`
}

/** A client of the matrix with the provider it is to reach. */
export interface Pair {
  readonly title: string
  /** Of the client. */
  readonly name: string
  readonly clientOf: (url: string) => Client
  readonly provider: Dialect
  /** `provider/model` at that provider, with the behaviour of the mock. */
  readonly model: (behaviour: string) => string
}

/** Every client with every provider. */
export const pairs: readonly Pair[] = clients.flatMap(({ name, of }) =>
  dialects.map((provider) => ({
    title: `${name} → ${provider}`,
    name,
    clientOf: of,
    provider,
    model: (behaviour: string) => `${providerIds[provider]}/${behaviour}`,
  })),
)
