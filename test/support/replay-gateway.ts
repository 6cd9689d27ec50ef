import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startWaybill } from '../../src/compose.ts'
import { formatProblem } from '../../src/config/problem.ts'
import type { WaybillRecord } from '../../src/core/account/record.ts'
import type { Dialect } from '../../src/core/request.ts'
import { type ReplayServer, startReplay } from './replay.ts'
import type { Exchange } from './replay-corpus.ts'

/** A gateway in front of a provider that replays recordings; one for all tests of a file. */
export interface ReplayGateway {
  readonly url: string
  readonly replay: ReplayServer
  record(id: string): Promise<WaybillRecord>
  close(): Promise<void>
}

/** What the gateway knows its client by. */
export const clientKey = 'wb-key-of-the-client'

/** What the provider knows the gateway by. */
export const providerKey = 'key-of-the-gateway'

/** Where each dialect stands at the provider, and the header its key travels in. */
const places: Readonly<Record<Dialect, { basePath: string; auth: string }>> = {
  openai: { basePath: '/openai/v1', auth: 'authorization' },
  'openai-responses': { basePath: '/v1', auth: 'authorization' },
  anthropic: { basePath: '/anthropic/v1', auth: 'x-api-key' },
  gemini: { basePath: '/v1beta', auth: 'x-goog-api-key' },
}

/** Vertex AI speaks Gemini under a longer path. */
const vertexPath = '/v1beta1/projects/test-project/locations/global/publishers/google'

/** The name a client asks by for one recording. The provider knows it by the id alone. */
export function publicName(exchange: Exchange): string {
  return `public-${exchange.id}`
}

/** What stands before the endpoint's path where this recording is served. */
export function providerPlace(exchange: Exchange): { basePath: string; auth: string } {
  const place = places[exchange.dialect]
  return isVertex(exchange) ? { ...place, basePath: vertexPath } : place
}

function isVertex({ dialect, path: recorded }: Exchange): boolean {
  return dialect === 'gemini' && recorded.includes('/publishers/')
}

export async function startReplayGateway(exchanges: readonly Exchange[]): Promise<ReplayGateway> {
  const replay = await startReplay(exchanges)
  const directory = mkdtempSync(path.join(tmpdir(), 'waybill-replay-'))
  const file = path.join(directory, 'waybill.yaml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration(replay.origin, exchanges)))
  const started = await startWaybill({
    file,
    environment: {},
    dataDirectory: ':memory:',
    log: { format: 'json', colour: false },
    writeLog: (bytes, done) => done(null, bytes.length),
  })
  if (!started.ok) throw new Error(started.problems.map(formatProblem).join('\n'))
  const { waybill } = started
  return {
    url: waybill.url,
    replay,
    async record(id) {
      const record = await waybill.store.readWaybill(id)
      if (record === null) throw new Error(`no request has been recorded as ${id}`)
      return record
    },
    async close() {
      waybill.abandon()
      await waybill.stop()
      replay.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A public name per recording, asked once: a recording says the same when it is asked again. */
function configuration(origin: string, exchanges: readonly Exchange[]) {
  const provider = (dialect: string, { basePath, auth }: { basePath: string; auth: string }) => ({
    dialect,
    baseUrl: `${origin}${basePath}`,
    apiKey: providerKey,
    auth: auth === 'authorization' ? 'bearer' : { header: auth },
  })
  const providers = Object.entries(places).map(([dialect, place]) => [
    `replay-${dialect}`,
    provider(dialect, place),
  ])
  const vertex = provider('gemini', { ...places.gemini, basePath: vertexPath })
  const models = exchanges.map((exchange) => {
    const name = isVertex(exchange) ? 'replay-vertex' : `replay-${exchange.dialect}`
    return [publicName(exchange), { targets: [`${name}/${exchange.id}`], retry: { attempts: 1 } }]
  })
  return {
    server: { listen: '127.0.0.1:0' },
    clients: {
      replayer: { key: `sha256:${createHash('sha256').update(clientKey).digest('hex')}` },
    },
    providers: { ...Object.fromEntries(providers), 'replay-vertex': vertex },
    models: Object.fromEntries(models),
  }
}
