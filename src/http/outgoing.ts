import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { Outgoing } from '../gateway/exchange.ts'
import type { Probed } from './half-close.ts'

/** Up to this size a body is copied rather than written apart from its head. */
const oneWriteBytes = 16 * 1024

const lastChunk = Buffer.from('0\r\n\r\n')

/**
 * The client's side of a request over node:http. Streams are framed here, one buffer and one write per
 * piece: node's own chunked encoding makes three buffers of each event, corks the socket and uncorks it
 * a tick later, which costs more than everything else the gateway does for an event.
 */
export function outgoingOf(response: ServerResponse, onClosed: () => void): Outgoing & Probed {
  let chunked = false
  let onGone: () => void = () => {}
  let onDrain: () => void = () => {}

  response.on('close', () => {
    // `close` comes after every reply; only one that was not ended by us means the client left.
    if (!response.writableEnded) onGone()
    onClosed()
  })

  const writePlain = (bytes: Uint8Array): boolean => {
    const flowing = response.write(bytes)
    if (!flowing) tellOnce(response, onDrain)
    return flowing
  }

  const writeFramed = (bytes: Uint8Array): boolean => {
    // An empty chunk would be the last one.
    if (bytes.length === 0) return true
    // Without a socket the response still waits behind another one on a pipelined connection.
    const { socket } = response
    const framed = frame(bytes)
    if (socket === null || !response.headersSent) return writePlain(framed)
    return writeThrough(socket, framed, onDrain)
  }

  return {
    head(status, headers) {
      const length = headers.some((name, at) => at % 2 === 0 && name === 'content-length')
      chunked = !length && response.req.httpVersion === '1.1'
      if (!chunked) {
        response.writeHead(status, headers)
        return
      }
      headers.push('transfer-encoding', 'chunked')
      response.writeHead(status, headers)
      response.chunkedEncoding = false
      response.flushHeaders()
    },
    write: (bytes) => (chunked ? writeFramed(bytes) : writePlain(bytes)),
    end(bytes) {
      if (!chunked) {
        if (bytes === undefined) response.end()
        else if (bytes.length > oneWriteBytes) response.end(bytes)
        // As a string it joins the head in one write; two buffers would take the slower writev.
        else response.end(asLatin1(bytes), 'latin1')
        return
      }
      if (bytes !== undefined) writeFramed(bytes)
      response.end(lastChunk)
    },
    destroy() {
      response.destroy()
    },
    untaken: () => untaken(response),
    probe() {
      const { socket } = response
      if (socket === null || response.writableEnded || response.req.httpVersion !== '1.1') return
      if (!response.headersSent) response.writeContinue()
      // A zero before the size of the next chunk.
      else if (chunked) socket.write('0')
    },
    onDrain(callback) {
      onDrain = callback
    },
    onGone(callback) {
      onGone = callback
    },
  }
}

/** Each byte as one character: what Node writes back byte for byte. */
function asLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function writeThrough(socket: Socket, framed: Uint8Array, onDrain: () => void): boolean {
  const flowing = socket.write(framed)
  if (!flowing) tellOnce(socket, onDrain)
  return flowing
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
  if (socket.destroyed) return 0
  const handle: unknown = Reflect.get(socket, '_handle')
  const queued: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : 0
  return socket.writableLength + (typeof queued === 'number' ? queued : 0)
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
