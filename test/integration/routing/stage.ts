import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { WaybillRecord } from '../../../src/core/account/record.ts'
import { type Mock, startMock } from '../../../src/mock/start-mock.ts'
import { startGateway, type TestGateway } from '../../support/gateway.ts'

/** A configuration but for the addresses of its providers; each serves one model of its own name. */
export interface Scenery {
  /** Behaviour in the words of docs/reference/mock.md by provider; see `Stage.behaviour`. */
  readonly behaviour?: Readonly<Record<string, string>>
  /** What the configuration says of the model of a provider: price, capabilities. */
  readonly models?: Readonly<Record<string, object>>
  /** Further settings of a provider: region, address. */
  readonly providers?: Readonly<Record<string, object>>
  /** Every other section, as it is written. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** Where records and knowledge are kept; in memory when left out. */
  readonly dataDirectory?: string
}

export interface Question {
  readonly model?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly path?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Provider that answered; empty when none did. */
  readonly from: string
}

export interface Stage {
  readonly mock: Mock
  readonly gateway: TestGateway
  /** Of each provider from the next request on; may be changed at any time. */
  readonly behaviour: Record<string, string>
  ask(question?: Question): Promise<Answer>
  /** Asks so often, one after the other; tells who answered. */
  askTimes(times: number, question?: Question): Promise<string[]>
  /** Providers that were asked, in order. */
  asked(): string[]
  record(answer: Answer): Promise<WaybillRecord>
  /** Metrics of ours, without the lines that explain them. */
  metrics(): Promise<string[]>
  /** Lines of the log with this message; they are written a moment after what they tell. */
  logged(message: string): Record<string, unknown>[]
}

export const providerNames = ['a', 'b', 'c', 'd'] as const

/** The key of a client in `clients:`, and what it sends. */
export function clientKey(name: string): { key: string; headers: Record<string, string> } {
  const secret = `wb-${name}-4d1f2a9c`
  const hash = createHash('sha256').update(secret).digest('hex')
  return { key: `sha256:${hash}`, headers: { authorization: `Bearer ${secret}` } }
}

/** The whole gateway before a mock that stands for four providers, `a/a` to `d/d`. */
export async function startStage(scenery: Scenery): Promise<Stage> {
  const behaviour: Record<string, string> = { ...scenery.behaviour }
  const mock = await startMock({ models: behaviour })
  onTestFinished(() => mock.close())
  return stageBefore(mock, behaviour, scenery)
}

/** A stage before a mock that is there already: the next gateway after a restart. */
export async function stageBefore(
  mock: Mock,
  behaviour: Record<string, string>,
  scenery: Scenery,
): Promise<Stage> {
  const { dataDirectory } = scenery
  const yaml = yamlOf(mock, scenery)
  const gateway = await startGateway(yaml, dataDirectory === undefined ? {} : { dataDirectory })
  const ask = async (question: Question = {}): Promise<Answer> => {
    const { model = 'chat', headers = {}, path = '/v1/chat/completions' } = question
    const messages = [{ role: 'user', content: 'Where is the parcel?' }]
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model, messages, ...question.body }),
    })
    const text = await response.text()
    const target = response.headers.get('x-waybill-target') ?? ''
    return {
      status: response.status,
      headers: response.headers,
      text,
      from: target.split('/')[0] ?? '',
    }
  }
  return {
    mock,
    gateway,
    behaviour,
    ask,
    async askTimes(times, question) {
      const from: string[] = []
      for (let time = 0; time < times; time++) from.push((await ask(question)).from)
      return from
    },
    asked: () => mock.log.requests().map(({ path }) => path.split('/')[1] ?? ''),
    async record({ headers }) {
      const id = headers.get('x-waybill-id')
      const found = (await gateway.records()).find((record) => record.id === id)
      if (found === undefined) throw new Error(`no record of ${id}`)
      return found
    },
    async metrics() {
      const text = await (await fetch(`${gateway.url}/metrics`)).text()
      return text.split('\n').filter((line) => line.startsWith('waybill_'))
    },
    logged: (message) =>
      gateway
        .logText()
        .split('\n')
        .filter((line) => line !== '')
        .map((line): Record<string, unknown> => JSON.parse(line))
        .filter(({ msg }) => msg === message),
  }
}

/** JSON is YAML too. */
export function yamlOf(mock: Mock, { models, providers, configuration }: Scenery): string {
  const sections = {
    server: { listen: '127.0.0.1:0' },
    providers: Object.fromEntries(
      providerNames.map((name) => [
        name,
        {
          dialect: 'openai',
          baseUrl: `${mock.url}/${name}/v1`,
          apiKey: `sk-test-${name}`,
          models: { [name]: models?.[name] ?? {} },
          ...providers?.[name],
        },
      ]),
    ),
    ...configuration,
  }
  return Object.entries(sections)
    .map(([section, value]) => `${section}: ${JSON.stringify(value)}\n`)
    .join('')
}

export const count = (names: readonly string[], name: string): number =>
  names.filter((one) => one === name).length
