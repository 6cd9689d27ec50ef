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

/** One connection: reads its requests one by one and has each answered. */
export class Connection {
  readonly #socket: Socket
  readonly #house: House
  readonly #number: number
  readonly #reader = createRequestReader()
  #exchange = noExchange
  /** An answer is under way. */
  #busy = false
  #reading = false
  #stopIdleTimer = () => {}

  constructor(socket: Socket, house: House) {
    this.#socket = socket
    this.#house = house
    this.#number = house.nextConnection()
    house.log.add({ kind: 'opened', atMs: house.wheel.nowMs(), connection: this.#number })
    socket.setNoDelay(true)
    if (isNeverRead({}, house)) socket.pause()
    else socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    socket.on('drain', () => this.#exchange.drained())
    socket.on('end', () => {
      this.#leave('client-closed')
      socket.destroySoon()
    })
    socket.on('error', () => {}) // 'close' follows and tells the log
    socket.on('close', () => this.#closed())
  }

  /** Ends the connection from our side. */
  close(): void {
    this.#leave('mock-closed')
    this.#socket.destroy()
  }

  #closed(): void {
    this.#stopIdleTimer()
    this.#leave('client-closed')
    const { log, wheel } = this.#house
    log.add({ kind: 'closed', atMs: wheel.nowMs(), connection: this.#number })
  }

  #receive(bytes: Buffer): void {
    this.#stopIdleTimer()
    this.#reader.push(bytes)
    this.#readOn()
  }

  /** Reads requests until one is being answered or bytes are missing. */
  #readOn(): void {
    if (this.#reading) return
    this.#reading = true
    let more = true
    while (more && !this.#busy && !this.#socket.destroyed) more = this.#readStep()
    this.#reading = false
  }

  /** False: more bytes are needed. */
  #readStep(): boolean {
    const step = this.#reader.read()
    switch (step.kind) {
      case 'partial':
        return false
      case 'malformed':
        this.#socket.end(badRequest)
        return false
      case 'head':
        return this.#greet(step.head)
      case 'request':
        this.#serve(step.request)
        return true
    }
  }

  #greet({ headers }: RequestHead): boolean {
    if (headers['expect'] !== undefined) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    if (!isNeverRead(headers, this.#house)) return true
    this.#socket.pause()
    return false
  }

  #serve(request: ReadRequest): void {
    this.#busy = true
    this.#exchange = startExchange(request, {
      socket: this.#socket,
      connection: this.#number,
      house: this.#house,
      done: (after) => this.#done(after),
    })
  }

  #done({ reusable, closeIdleMs }: Afterwards): void {
    this.#busy = false
    if (!reusable) {
      this.#socket.destroySoon()
      return
    }
    if (closeIdleMs !== null) {
      const { wheel } = this.#house
      const close = () => this.#socket.destroySoon()
      this.#stopIdleTimer = wheel.at(wheel.nowMs() + closeIdleMs, close)
    }
    this.#readOn()
  }

  #leave(how: HowEnded): void {
    if (this.#busy) this.#exchange.broken(how)
    this.#busy = false
  }
}

const badRequest = 'HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'

/** `no-read` can be known from what the mock does by default, or from the headers of a request. */
function isNeverRead(
  headers: Readonly<Record<string, string>>,
  { book, gatekeeper, wheel }: House,
): boolean {
  const found = book.find({ model: '', behaviour: '' }, headers)
  if (!found.ok || !found.value.trouble.faults.has('no-read')) return false
  return gatekeeper.decide(found.value, '', wheel.nowMs()).trouble !== noTrouble
}
