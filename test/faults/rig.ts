import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import type { WaybillRecord } from '../../src/core/account/record.ts'
import { type Dialect, dialects } from '../../src/core/request.ts'
import { canonicalText } from '../../src/mock/answer/canonical-text.ts'
import { textOfTokens } from '../../src/mock/answer/tokens.ts'
import { type Mock, startMock } from '../../src/mock/start-mock.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { post, type Reply } from './client.ts'
import { question, type Speaker, speakers } from './speakers.ts'

/** What happens to a request for the public name `chain`. */
export interface Plot {
  /** Behaviour of the first target, in the words of docs/reference/mock.md. */
  readonly first: string
  /** Of the second one; healthy when left out, none when null. */
  readonly second?: string | null
  /** The one dialect the providers speak; every dialect when left out. */
  readonly provider?: Dialect
  /** The one of the second provider, where it is another. */
  readonly secondProvider?: Dialect
  readonly timeouts?: Readonly<Record<string, string>>
  readonly retry?: { readonly attempts: number; readonly backoff?: string }
  /** Where the first provider is, if not at the mock. */
  readonly firstUrl?: string
  /** What is known of the targets, as in `providers.*.models.*`. */
  readonly facts?: Readonly<Partial<Record<'first' | 'second', object>>>
  /** Further settings of `chain`, and of the whole gateway. */
  readonly alias?: object
  readonly settings?: Readonly<Record<string, object>>
  /** Dollars for a million tokens of input and of output; not known when left out. */
  readonly prices?: Readonly<Record<'first' | 'second', { input: number; output: number }>>
}

export interface Rig {
  readonly mock: Mock
  readonly gateway: TestGateway
  /** Asks for `chain` (or another name) as a client of a dialect, and keeps the reply. */
  ask(speaker: Speaker, options?: AskOptions): Promise<Reply>
  /** A request that was sent by other means counts too; what it got is looked through for secrets. */
  sent(received: string): void
  /** Requests that reached a provider, in order: `first`, `second`. */
  asked(): string[]
  /** What holds after every fault. Gives the records of the requests so far, oldest first. */
  check(): Promise<WaybillRecord[]>
}

export interface AskOptions {
  readonly streaming?: boolean
  readonly model?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** Bounds that let a healthy answer through on a busy machine and still keep tests short. */
const usualTimeouts = { connect: '3s', firstToken: '3s', idle: '2s', total: '5s' }
const usualRetry = { attempts: 2, backoff: '10ms' }

/** Planted keys; each is looked for wherever something leaves the gateway. */
export const canary = (provider: string) => `sk-canary-${provider}-5f1d7c3b9a2e4608`

/** The mock's 60 tokens for the one question that is asked here. */
export const wholeText = textOfTokens(
  canonicalText([{ role: 'user', text: question, files: 0 }], 1, 60),
)

/** A gateway before a mock that serves as two providers, ended with the test. */
export async function startRig(plot: Plot): Promise<Rig> {
  const trouble = watchProcess()
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const gateway = await startGateway(configurationFor(plot, mock))
  const received: string[] = []
  // An attempt that never becomes a request the mock can read.
  const unheard = plot.firstUrl !== undefined || plot.first.includes('no-read')
  let asked = 0

  const sent = (text: string) => {
    asked += 1
    received.push(text)
  }
  const ask = async (speaker: Speaker, options: AskOptions = {}) => {
    const { streaming = false, model = 'chain', headers = {}, body = {} } = options
    const url = gateway.url + speaker.path(model, streaming)
    const reply = await post(url, { ...speaker.body(model, streaming), ...body }, headers)
    sent(JSON.stringify(reply))
    return reply
  }
  return {
    mock,
    gateway,
    ask,
    sent,
    asked: () => mock.log.requests().map(({ path }) => path.split('/')[1] ?? ''),
    async check() {
      const probe = await ask(speakers.openai, { model: 'well' })
      expect(probe.status).toBe(200)
      expect(probe.totalMs).toBeLessThan(5_000)
      await eventually(async () => (await gateway.records()).length >= asked, 10_000)
      const records = (await gateway.records()).toReversed()
      expect(records.length).toBe(asked)
      expect(new Set(records.map(({ id }) => id)).size).toBe(asked)
      expectAttemptsAsLogged(records, mock, unheard ? 0 : null)
      await expectConnectionsPutAway(mock)
      await turn()
      expect(trouble).toEqual([])
      expectNoSecret([...received, gateway.logText(), JSON.stringify(records)])
      return records.slice(0, -1)
    },
  }
}

function configurationFor(plot: Plot, mock: Mock): string {
  const { timeouts, retry, alias, settings = {} } = plot
  const common = {
    timeouts: { ...usualTimeouts, ...timeouts },
    retry: { ...usualRetry, ...retry },
  }
  const targets = plot.second === null ? ['first'] : ['first', 'second']
  const models = {
    chain: {
      targets: targets.map((name) => `${name}/${modelOf(name, plot)}`),
      ...common,
      ...alias,
    },
    well: { targets: ['well/mock'], ...common },
  }
  const sections = { providers: providersFor(plot, mock), models, ...settings }
  return Object.entries(sections)
    .map(([name, section]) => `${name}: ${JSON.stringify(section)}\n`)
    .join('')
}

/** The model of a provider says how the mock behaves. */
function modelOf(name: string, { first, second }: Plot): string {
  const behaviour = { first, second: second ?? '' }[name] ?? ''
  return behaviour === '' ? 'mock' : `mock;${behaviour}`
}

function providersFor(plot: Plot, mock: Mock): Readonly<Record<string, object>> {
  const { provider, secondProvider = provider, firstUrl, prices, facts } = plot
  const known = (name: 'first' | 'second') => {
    const told = { ...(prices && { price: prices[name] }), ...facts?.[name] }
    return Object.keys(told).length === 0 ? {} : { models: { [modelOf(name, plot)]: told } }
  }
  const address = (name: string, origin: string, dialect: Dialect | undefined) => ({
    dialect: dialect ?? dialects,
    baseUrl: `${origin}/${name}/v1`,
    apiKey: canary(name),
  })
  return {
    first: { ...address('first', firstUrl ?? mock.url, provider), ...known('first') },
    second: { ...address('second', mock.url, secondProvider), ...known('second') },
    well: address('well', mock.url, provider),
  }
}

/** What nobody caught. A gateway in production would die of it. */
function watchProcess(): unknown[] {
  const trouble: unknown[] = []
  const note = (reason: unknown) => void trouble.push(reason)
  process.on('unhandledRejection', note)
  process.on('uncaughtExceptionMonitor', note)
  onTestFinished(() => {
    process.off('unhandledRejection', note)
    process.off('uncaughtExceptionMonitor', note)
  })
  return trouble
}

/**
 * Each provider was asked as often as the records say; `seen` is how often the first one was when its
 * attempts cannot be logged.
 */
function expectAttemptsAsLogged(
  records: readonly WaybillRecord[],
  mock: Mock,
  seen: number | null,
): void {
  const recorded = records.flatMap(({ attempts }) => attempts.map(({ target }) => target))
  const counts = (names: readonly string[]) =>
    Object.fromEntries(
      ['first', 'second', 'well'].map((provider) => [
        provider,
        names.filter((name) => name === provider).length,
      ]),
    )
  const logged = counts(mock.log.requests().map(({ path }) => path.split('/')[1] ?? ''))
  const told = counts(recorded.map((target) => target.split('/')[0] ?? ''))
  expect(seen === null ? told : { ...told, first: seen }).toEqual(logged)
}

/** Every connection to the mock is closed, or idle after an answer that ended well. */
async function expectConnectionsPutAway(mock: Mock): Promise<void> {
  await eventually(() => openConnections(mock).every(({ idle }) => idle), 15_000)
}

export function openConnections(mock: Mock): { connection: number; idle: boolean }[] {
  const open = new Map<number, boolean>()
  for (const entry of mock.log.entries) {
    if (entry.kind === 'closed') open.delete(entry.connection)
    else open.set(entry.connection, entry.kind === 'ended' && entry.how === 'finished')
  }
  return [...open].map(([connection, idle]) => ({ connection, idle }))
}

function expectNoSecret(texts: readonly string[]): void {
  for (const provider of ['first', 'second', 'well']) {
    const secret = canary(provider)
    const encoded = Buffer.from(secret).toString('base64').replace(/=+$/, '')
    for (const text of texts) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(encoded)
    }
  }
}

/** Waits for a condition, at most so long. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const untilMs = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > untilMs) throw new Error(`not within ${withinMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
