/**
 * Load on raw sockets. Prints one line of JSON.
 * Usage: node bench/load.ts whole <url> <connections> <seconds> <body bytes>
 *        node bench/load.ts streams <url> <streams> <events each> <ramp seconds>
 */
import { connect, type Socket } from 'node:net'

const [mode, address = '', countText, secondsText, sizeText] = process.argv.slice(2)
const url = new URL(address)
const count = Number(countText)

function request(body: string): Buffer {
  const extra = process.env['BENCH_HEADERS'] ?? ''
  return Buffer.from(
    `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n${extra}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

const model = process.env['BENCH_MODEL'] ?? 'bench/bench'

function bodyOf(bytes: number, more: object = {}): string {
  const empty = { ...more, model, messages: [{ role: 'user', content: '' }] }
  const padding = Math.max(1, bytes - JSON.stringify(empty).length)
  return JSON.stringify({ ...empty, messages: [{ role: 'user', content: 'a'.repeat(padding) }] })
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

/** Keeps `connections` requests under way for `seconds`; latencies in milliseconds. */
async function whole(connections: number, seconds: number, bytes: number) {
  const wire = request(bodyOf(bytes))
  const latencies: number[] = []
  let errors = 0
  let stopped = false
  const one = () =>
    new Promise<void>((resolve) => {
      const socket: Socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
      let sentAt = 0
      let missing = -1
      const send = () => {
        sentAt = performance.now()
        socket.write(wire)
      }
      const done = () => {
        latencies.push(performance.now() - sentAt)
        missing = -1
        if (stopped) socket.end()
        else send()
      }
      socket.on('connect', send)
      socket.on('data', (data) => {
        if (missing < 0) {
          const headEnd = data.indexOf('\r\n\r\n')
          const head = data.toString('latin1', 0, Math.max(0, headEnd))
          if (!head.startsWith('HTTP/1.1 200')) errors++
          const length = /content-length: (\d+)/i.exec(head)?.[1]
          // Chunked replies end with their zero chunk; the body has no such bytes.
          missing = length === undefined ? Number.POSITIVE_INFINITY : Number(length) + headEnd + 4
        }
        missing -= data.length
        if (missing === 0 || data.subarray(-5).toString('latin1') === '0\r\n\r\n') done()
      })
      socket.on('close', () => resolve())
      socket.on('error', () => errors++)
    })
  const all = Array.from({ length: connections }, one)
  const warmUpMs = 1_000
  await new Promise((resolve) => setTimeout(resolve, warmUpMs))
  latencies.length = 0
  const from = performance.now()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const took = (performance.now() - from) / 1000
  const requests = latencies.length
  stopped = true
  await Promise.all(all)
  latencies.sort((a, b) => a - b)
  return {
    requestsPerSecond: requests / took,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    errors,
  }
}

/** Opens streams over the ramp and checks that each event arrives once and in order. */
async function streams(total: number, events: number, rampSeconds: number) {
  const wire = request(bodyOf(600, { bench_events: events, stream: true }))
  const firsts: number[] = []
  const gaps: number[] = []
  let lost = 0
  let disordered = 0
  let unfinished = 0
  const one = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
      let rest = ''
      let next = 0
      let done = false
      socket.on('connect', () => socket.write(wire))
      socket.on('data', (data) => {
        const now = performance.timeOrigin + performance.now()
        rest += data.toString('latin1')
        for (;;) {
          const at = rest.indexOf('\n\n')
          if (at < 0) break
          const block = rest.slice(0, at)
          rest = rest.slice(at + 2)
          const found = /"content":" (\d+) ([\d.]+)"/.exec(block)
          if (found === null) {
            if (block.includes('[DONE]')) done = true
            continue
          }
          const sequence = Number(found[1])
          const delay = now - Number(found[2])
          if (sequence === 0) firsts.push(delay)
          else gaps.push(delay)
          if (sequence !== next) {
            if (sequence > next) lost += sequence - next
            else disordered++
          }
          next = sequence + 1
        }
        if (done) socket.destroy()
      })
      socket.on('error', () => {})
      socket.on('close', () => {
        if (!done) unfinished++
        lost += events - next
        resolve()
      })
    })
  const all: Promise<void>[] = []
  const stepMs = (rampSeconds * 1000) / total
  const from = performance.now()
  while (all.length < total) {
    const due = Math.min(total, Math.ceil((performance.now() - from) / stepMs))
    while (all.length < due) all.push(one())
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(all)
  firsts.sort((a, b) => a - b)
  gaps.sort((a, b) => a - b)
  return {
    streams: total,
    lost,
    disordered,
    unfinished,
    firstP50Ms: quantile(firsts, 0.5),
    firstP99Ms: quantile(firsts, 0.99),
    eventP50Ms: quantile(gaps, 0.5),
    eventP99Ms: quantile(gaps, 0.99),
  }
}

const seconds = Number(secondsText)
const result =
  mode === 'whole'
    ? await whole(count, seconds, Number(sizeText))
    : await streams(count, seconds, Number(sizeText))
console.log(JSON.stringify(result))
