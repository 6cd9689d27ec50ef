import type { ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { bufferOf } from '../gateway/buffer-of.ts'
import type { Outgoing } from '../gateway/exchange.ts'
import type { Probed } from './half-close.ts'

/** Up to this size a body is copied rather than written apart from its head. */
const oneWriteBytes = 16 * 1024

const lastChunk = Buffer.from('0\r\n\r\n')

/**
 * The client's side of a request over node:http. Streams are framed here, one string and one write per
 * piece: node's own chunked encoding makes three buffers of each event, corks the socket and uncorks it
 * a tick later, which costs more than everything else the gateway does for an event.
 */
export function outgoingOf(
  response: ServerResponse,
  onClosed: (response: ServerResponse) => void,
): Outgoing & Probed {
  return new ClientReply(response, onClosed)
}

/** A class: one is made for every request, and a closure for each method would be most of its memory. */
class ClientReply implements Outgoing, Probed {
  readonly #response: ServerResponse
  #chunked = false
  #onGone = ignore
  #onDrain = ignore

  constructor(response: ServerResponse, onClosed: (response: ServerResponse) => void) {
    this.#response = response
    response.on('close', () => {
      // `close` comes after every reply; only one that was not ended by us means the client left.
      if (!response.writableEnded) this.#onGone()
      onClosed(response)
    })
  }

  head(status: number, headers: string[]): void {
    const response = this.#response
    this.#chunked = !hasLength(headers) && response.req.httpVersion === '1.1'
    if (!this.#chunked) {
      response.writeHead(status, headers)
      return
    }
    headers.push('transfer-encoding', 'chunked')
    response.writeHead(status, headers)
    response.chunkedEncoding = false
    response.flushHeaders()
  }

  write(bytes: Uint8Array): boolean {
    return this.#chunked ? this.#writeFramed(bytes) : this.#writePlain(bytes)
  }

  end(bytes?: Uint8Array): void {
    const response = this.#response
    if (this.#chunked) {
      if (bytes !== undefined) this.#writeFramed(bytes)
      response.end(lastChunk)
    } else if (bytes === undefined) response.end()
    else if (bytes.length > oneWriteBytes) response.end(bytes)
    // As a string it joins the head in one write; two buffers would take the slower writev.
    else response.end(asLatin1(bytes), 'latin1')
  }

  destroy(): void {
    this.#response.destroy()
  }

  untaken(): number {
    return untaken(this.#response)
  }

  probe(): void {
    const response = this.#response
    const { socket } = response
    if (socket === null || response.writableEnded || response.req.httpVersion !== '1.1') return
    if (!response.headersSent) response.writeContinue()
    // A zero before the size of the next chunk.
    else if (this.#chunked) socket.write('0')
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback
  }

  onGone(callback: () => void): void {
    this.#onGone = callback
  }

  #writePlain(bytes: Uint8Array): boolean {
    const flowing = this.#response.write(bytes)
    if (!flowing) tellOnce(this.#response, this.#onDrain)
    return flowing
  }

  #writeFramed(bytes: Uint8Array): boolean {
    // An empty chunk would be the last one.
    if (bytes.length === 0) return true
    // Without a socket the response still waits behind another one on a pipelined connection.
    const { socket } = this.#response
    const waits = socket === null || !this.#response.headersSent
    const stream: Writable = waits ? this.#response : socket
    const flowing =
      bytes.length > oneWriteBytes
        ? stream.write(frame(bytes))
        : stream.write(frameAsLatin1(bytes), 'latin1')
    if (!flowing) tellOnce(stream, this.#onDrain)
    return flowing
  }
}

function ignore(): void {}

function hasLength(headers: readonly string[]): boolean {
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (headers[at] === 'content-length') return true
  }
  return false
}

/** Each byte as one character: what Node writes back byte for byte. */
function asLatin1(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('latin1')
}

/** However many writes are made meanwhile, one call tells that they have been taken. */
function tellOnce(stream: Writable, onDrain: () => void): void {
  if (stream.listenerCount('drain', onDrain) === 0) stream.once('drain', onDrain)
}

/**
 * Bytes that wait for the client, here and in the handle underneath: a socket counts a large write as
 * waiting until the whole of it is gone, the handle sees each part go.
 */
function untaken({ socket, writableLength }: ServerResponse): number {
  if (socket === null) return writableLength
  // What the socket does not hold, the handle does not either.
  if (socket.destroyed || socket.writableLength === 0) return 0
  const handle: unknown = Reflect.get(socket, '_handle')
  const queued: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : 0
  return socket.writableLength + (typeof queued === 'number' ? queued : 0)
}

/**
 * As a string: small buffers share one piece of memory with those that live as long as a stream, and
 * each of these would keep a piece full of sent events, 10 KB for each open stream.
 */
function frameAsLatin1(bytes: Uint8Array): string {
  return `${bytes.length.toString(16)}\r\n${asLatin1(bytes)}\r\n`
}

/** One chunk of a chunked body (RFC 9112 §7.1): length in hex, bytes, line ends. */
function frame(bytes: Uint8Array): Uint8Array {
  const size = bytes.length.toString(16)
  const framed = Buffer.allocUnsafe(size.length + bytes.length + 4)
  let at = framed.write(size, 'latin1')
  framed[at++] = 0x0d
  framed[at++] = 0x0a
  framed.set(bytes, at)
  at += bytes.length
  framed[at++] = 0x0d
  framed[at] = 0x0a
  return framed
}
