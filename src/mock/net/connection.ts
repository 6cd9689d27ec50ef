import type { Socket } from 'node:net'
import { noTrouble } from '../behaviour/behaviour.ts'
import type { Afterwards, Exchange } from './exchange.ts'
import { startExchange } from './exchange.ts'
import type { House } from './house.ts'
import type { HowEnded } from './log.ts'
import type { RequestHead } from './read-head.ts'
import type { ReadRequest } from './request-reader.ts'
import { createRequestReader } from './request-reader.ts'

const noExchange: Exchange = { drained: () => {}, broken: () => {} }

/** Serves one connection until it is closed; the returned function ends it from our side. */
export function serveConnection(socket: Socket, house: House): () => void {
  const { wheel, log } = house
  const connection = house.nextConnection()
  const reader = createRequestReader()
  let exchange = noExchange
  let busy = false
  let reading = false
  let stopIdleTimer = () => {}

  log.add({ kind: 'opened', atMs: wheel.nowMs(), connection })
  socket.setNoDelay(true)
  if (isNeverRead('', {}, house)) socket.pause()
  else socket.on('data', receive)
  socket.on('drain', () => exchange.drained())
  socket.on('end', () => {
    leave('client-closed')
    socket.destroySoon()
  })
  socket.on('error', () => {}) // 'close' follows and tells the log
  socket.on('close', () => {
    stopIdleTimer()
    leave('client-closed')
    log.add({ kind: 'closed', atMs: wheel.nowMs(), connection })
  })

  function receive(bytes: Buffer): void {
    stopIdleTimer()
    reader.push(bytes)
    if (!busy) readOn()
  }

  function readOn(): void {
    if (reading) return
    reading = true
    let more = true
    while (more && !busy && !socket.destroyed) more = readStep()
    reading = false
  }

  /** False: more bytes are needed. */
  function readStep(): boolean {
    const step = reader.read()
    switch (step.kind) {
      case 'partial':
        return false
      case 'malformed':
        socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
        return false
      case 'head':
        return greet(step.head)
      case 'request':
        serve(step.request)
        return true
    }
  }

  function greet(head: RequestHead): boolean {
    if (head.headers['expect'] !== undefined) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    if (!isNeverRead('', head.headers, house)) return true
    socket.pause()
    return false
  }

  function serve(request: ReadRequest): void {
    busy = true
    exchange = startExchange(request, { socket, connection, house, done })
  }

  function done({ reusable, closeIdleMs }: Afterwards): void {
    busy = false
    if (!reusable) {
      socket.destroySoon()
      return
    }
    if (closeIdleMs !== null) {
      stopIdleTimer = wheel.at(wheel.nowMs() + closeIdleMs, () => socket.destroySoon())
    }
    readOn()
  }

  function leave(how: HowEnded): void {
    if (busy) exchange.broken(how)
    busy = false
  }

  return () => {
    leave('mock-closed')
    socket.destroy()
  }
}

/** `no-read` can be known from what the mock does by default, or from the headers of a request. */
function isNeverRead(
  model: string,
  headers: Readonly<Record<string, string>>,
  { book, gatekeeper, wheel }: House,
): boolean {
  const found = book.find({ model, behaviour: '' }, headers)
  if (!found.ok || !found.value.trouble.faults.has('no-read')) return false
  return gatekeeper.decide(found.value, model, wheel.nowMs()).trouble !== noTrouble
}
