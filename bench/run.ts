/**
 * Compares the gateway with a bare undici proxy, and with Portkey's gateway where it can be installed,
 * in one run against the same upstream. Each gets the same core to itself while it is measured.
 *
 *   npm run bench                 everything
 *   npm run bench -- --quick      shorter
 *   npm run bench -- --no-peers   without Portkey
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { installPortkey } from './portkey.ts'
import { listening, load, pinned, type Running, start } from './processes.ts'

const quick = process.argv.includes('--quick')
const seconds = quick ? 3 : 8
const rounds = quick ? 1 : 3
const upstreamPort = 18_401
const script = (name: string) => new URL(name, import.meta.url).pathname

interface Contender {
  readonly name: string
  readonly port: number
  readonly env: NodeJS.ProcessEnv
  begin(): Running
}

interface Whole {
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  errors: number
}

interface Streams {
  streams: number
  lost: number
  disordered: number
  unfinished: number
  firstP50Ms: number
  firstP99Ms: number
  eventP50Ms: number
  eventP99Ms: number
}

const folder = mkdtempSync(path.join(tmpdir(), 'waybill-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const config = path.join(folder, 'waybill.yaml')
const limitedConfig = path.join(folder, 'limited.yaml')
const common = `server: { listen: "127.0.0.1:18403" }
providers:
  bench:
    dialect: openai
    baseUrl: http://127.0.0.1:${upstreamPort}/v1
    models: { bench: { price: { input: 0.15, output: 0.6 } }, other: { price: { input: 0.3, output: 0.9 } } }
models:
  weighted: { strategy: { weighted: { latency: 60, cost: 40 } }, targets: [bench/bench, bench/other] }
`
writeFileSync(config, common)
// Those that hold by default beyond loopback, with amounts that no bench reaches.
const plenty = '[{ per: minute, requests: 100000000, burst: 1000000 }]'
writeFileSync(
  limitedConfig,
  `${common}limits: { global: ${plenty}, user: ${plenty}, provider: ${plenty}, ip: ${plenty} }\n`,
)

const bare: Contender = {
  name: 'bare proxy',
  port: 18_402,
  env: {},
  begin: () =>
    start('bare', 0, [script('./bare-proxy.ts'), '18402', `http://127.0.0.1:${upstreamPort}`]),
}
const gateway = (file: string) => () => {
  const args = [script('../bin/waybill.cjs'), 'start', '--config', file, '--data', folder]
  return start('waybill', 0, args, { cwd: folder })
}

const waybill: Contender = { name: 'waybill', port: 18_403, env: {}, begin: gateway(config) }

/** The same gateway, asked for an alias whose targets are measured, priced and weighed for each request. */
const weighted: Contender = {
  ...waybill,
  name: 'waybill, weighted',
  env: { BENCH_MODEL: 'weighted' },
}

/** The same gateway with the default limits on: four books are charged and settled for each request. */
const limited: Contender = {
  ...waybill,
  name: 'waybill, limits',
  env: { BENCH_HEADERS: 'x-waybill-user: bench\r\n' },
  begin: gateway(limitedConfig),
}

function portkey(startScript: string): Contender {
  const headers = [
    'x-portkey-provider: openai',
    `x-portkey-custom-host: http://127.0.0.1:${upstreamPort}/v1`,
    'authorization: Bearer bench',
  ]
  return {
    name: 'portkey',
    port: 18_404,
    env: { BENCH_HEADERS: headers.map((line) => `${line}\r\n`).join('') },
    begin: () => start('portkey', 0, [startScript, '--port=18404', '--headless']),
  }
}

const urlOf = (port: number) => `http://127.0.0.1:${port}/v1/chat/completions`

function whole(contender: Contender, connections: number, bytes: number): Promise<Whole> {
  const args = ['whole', urlOf(contender.port), String(connections), String(seconds), String(bytes)]
  return load<Whole>(args, contender.env)
}

/** `warmUp` connections make the engine compile what is hot; more would only fill its memory. */
async function measured<T>(
  contender: Contender,
  warmUp: number,
  measure: (running: Running) => Promise<T>,
): Promise<T> {
  const running = contender.begin()
  try {
    await listening(contender.port)
    await whole(contender, warmUp, 1_000)
    return await measure(running)
  } finally {
    await running.stop()
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function print(
  title: string,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const all = [heading, ...rows]
  const widths = heading.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  )
  console.log(`\n${title}`)
  for (const row of all) {
    console.log(
      `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ')}`,
    )
  }
}

const figure = (value: number, digits = 2) => value.toFixed(digits)

async function wholeReplies(contenders: readonly Contender[], bytes: number): Promise<void> {
  const results = new Map<Contender, Whole[]>()
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const result = await measured(contender, 16, () => whole(contender, 32, bytes))
      results.set(contender, [...(results.get(contender) ?? []), result])
    }
  }
  const rate = (contender: Contender) =>
    median((results.get(contender) ?? []).map((result) => result.requestsPerSecond))
  print(
    `Whole replies, ${bytes / 1000} KB request, 1 KB reply, 32 connections, median of ${rounds}`,
    ['', 'requests/s', 'p50 ms', 'p99 ms', 'errors', '× bare', 'waybill ×'],
    contenders.map((contender) => {
      const of = results.get(contender) ?? []
      return [
        contender.name,
        figure(rate(contender), 0),
        figure(median(of.map(({ p50Ms }) => p50Ms))),
        figure(median(of.map(({ p99Ms }) => p99Ms))),
        String(of.reduce((sum, { errors }) => sum + errors, 0)),
        figure(rate(contender) / rate(bare)),
        figure(rate(waybill) / rate(contender)),
      ]
    }),
  )
}

async function addedLatency(contenders: readonly Contender[]): Promise<void> {
  const direct: Contender = { name: 'direct', port: upstreamPort, env: {}, begin: bare.begin }
  const base: Whole[] = []
  const results = new Map<Contender, Whole[]>()
  for (let round = 0; round < rounds; round++) {
    base.push(await whole(direct, 1, 1_000))
    for (const contender of contenders) {
      const result = await measured(contender, 16, () => whole(contender, 1, 1_000))
      results.set(contender, [...(results.get(contender) ?? []), result])
    }
  }
  const added = (contender: Contender, of: (result: Whole) => number) =>
    median((results.get(contender) ?? []).map(of)) - median(base.map(of))
  print(
    'Added latency, one connection, against calling the upstream directly',
    ['', 'p50 ms', 'p99 ms', 'p50 × bare', 'p99 × bare'],
    contenders.map((contender) => {
      const p50 = added(contender, ({ p50Ms }) => p50Ms)
      const p99 = added(contender, ({ p99Ms }) => p99Ms)
      return [
        contender.name,
        figure(p50, 3),
        figure(p99, 3),
        figure(p50 / added(bare, ({ p50Ms }) => p50Ms)),
        figure(p99 / added(bare, ({ p99Ms }) => p99Ms)),
      ]
    }),
  )
}

async function openStreams(contenders: readonly Contender[]): Promise<void> {
  const count = quick ? 500 : 2_000
  const events = quick ? 60 : 200
  const args = (port: number) => [
    'streams',
    urlOf(port),
    String(count),
    String(events),
    quick ? '2' : '5',
  ]
  const direct = await load<Streams>(args(upstreamPort), {})
  const rows = [row('direct', direct, { peakMb: Number.NaN })]
  for (const contender of contenders) {
    await measured(contender, 1, async (running) => {
      const result = await load<Streams>(args(contender.port), contender.env)
      rows.push(row(contender.name, result, running.memory()))
    })
  }
  function row(name: string, result: Streams, memory: { peakMb: number }): string[] {
    return [
      name,
      String(result.lost),
      String(result.disordered),
      String(result.unfinished),
      figure(result.firstP50Ms, 1),
      figure(result.firstP99Ms, 1),
      figure(result.firstP99Ms - direct.firstP99Ms, 1),
      figure(result.eventP50Ms, 1),
      figure(result.eventP99Ms, 1),
      figure(memory.peakMb, 0),
    ]
  }
  print(
    `${count} concurrent streams of 20 events/s`,
    [
      '',
      'lost',
      'disordered',
      'unfinished',
      'first p50',
      'first p99',
      'added p99',
      'event p50',
      'event p99',
      'peak RSS MB',
    ],
    rows,
  )
}

async function memoryAtRest(contenders: readonly Contender[]): Promise<void> {
  const rows: string[][] = []
  for (const contender of contenders) {
    const running = contender.begin()
    await listening(contender.port)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    rows.push([contender.name, figure(running.memory().nowMb, 0)])
    await running.stop()
  }
  print('Memory at rest', ['', 'RSS MB'], rows)
}

const upstream = start('upstream', 1, [script('./upstream.ts'), String(upstreamPort)])
await listening(upstreamPort)
const peer = process.argv.includes('--no-peers') ? null : installPortkey()
const both = [bare, waybill]
const ours = [...both, weighted, limited]
const all = peer === null ? ours : [...ours, portkey(peer)]
console.log(
  `Node ${process.versions.node}, ${pinned ? 'gateway on core 0, upstream and load on core 1' : 'no pinning'}`,
)
if (peer === null)
  console.log('Portkey is not measured: it was left out or could not be installed.')
await wholeReplies(all, 1_000)
await wholeReplies(both, 100_000)
await addedLatency(all)
await openStreams(both)
await memoryAtRest(all)
await upstream.stop()
process.exit(0)
