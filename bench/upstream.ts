/**
 * A provider that costs as little as possible, so that the gateway is what is measured: fixed bytes for
 * whole replies, and streams of 20 events a second from one shared clock.
 * Usage: node bench/upstream.ts <port>
 */
import { createServer, type Socket } from 'node:net'

const port = Number(process.argv[2])
const eventsPerSecond = 20
const slots = 50

const answer = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1,
  model: 'bench',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'x'.repeat(760) }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 100, completion_tokens: 190, total_tokens: 290 },
})
const whole = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`,
)
const streamHead =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'

function chunk(data: string): string {
  return `${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`
}

function event(delta: object, finish: string | null): string {
  const body = {
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'bench',
    choices: [{ index: 0, delta, finish_reason: finish }],
  }
  return chunk(`data: ${JSON.stringify(body)}\n\n`)
}

interface Stream {
  socket: Socket
  sent: number
  events: number
}

/** Streams take turns over the slots of one event period, so that the writes are spread evenly. */
const wheel: Set<Stream>[] = Array.from({ length: slots }, () => new Set())
let turn = 0
let started = performance.now()
const slotMs = 1000 / eventsPerSecond / slots

function tick(): void {
  const due = Math.floor((performance.now() - started) / slotMs)
  for (; turn < due; turn++) {
    for (const stream of wheel[turn % slots] ?? []) next(stream, wheel[turn % slots] ?? new Set())
  }
  setTimeout(tick, 1)
}

function next(stream: Stream, slot: Set<Stream>): void {
  const { socket } = stream
  if (socket.destroyed) {
    slot.delete(stream)
  } else if (stream.sent < stream.events) {
    // Sequence number and send time travel in the text, so that the reader can check both.
    socket.write(
      event({ content: ` ${stream.sent} ${performance.timeOrigin + performance.now()}` }, null),
    )
    stream.sent++
  } else {
    slot.delete(stream)
    socket.write(`${event({}, 'stop')}${chunk('data: [DONE]\n\n')}0\r\n\r\n`)
  }
}

let nextSlot = 0
function begin(socket: Socket, events: number): void {
  socket.write(streamHead + event({ role: 'assistant', content: '' }, null))
  const stream = { socket, sent: 0, events }
  // The first token comes with the next slot of the wheel, not a whole period later.
  nextSlot = (turn + 1) % slots
  wheel[nextSlot]?.add(stream)
}

const server = createServer({ noDelay: true }, (socket) => {
  let held = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (data) => {
    held = held.length === 0 ? data : Buffer.concat([held, data])
    for (;;) {
      const headEnd = held.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = held.toString('latin1', 0, headEnd)
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      const end = headEnd + 4 + length
      if (held.length < end) return
      const body = held.subarray(headEnd + 4, Math.min(end, headEnd + 4 + 600)).toString('latin1')
      held = held.subarray(end)
      const events = /"bench_events":\s*(\d+)/.exec(body)?.[1]
      if (events === undefined) socket.write(whole)
      else begin(socket, Number(events))
    }
  })
})
server.listen(port, '127.0.0.1', () => {
  started = performance.now()
  tick()
})
