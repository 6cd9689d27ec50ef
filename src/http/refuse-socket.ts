import type { Duplex } from 'node:stream'

/** Answers what is not HTTP enough to have a response object. */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
  } else if (error.code === 'HPE_HEADER_OVERFLOW') {
    endSocket(socket, '431 Request Header Fields Too Large', 'The headers are larger than 16 KiB.')
  } else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    endSocket(socket, '408 Request Timeout', 'The request did not arrive in time.')
  } else {
    endSocket(socket, '400 Bad Request', 'This is not a valid HTTP/1.1 request.')
  }
}

/** For the other side to read its answer; one that keeps its end open must not keep ours. */
const lastWordsMs = 1_000

/**
 * A last answer, and the end of the connection. `status` as in the status line. node:http has taken its
 * own listeners off such a socket: a reset would end the process.
 */
export function endSocket(socket: Duplex, status: string, message: string): void {
  socket.on('error', () => socket.destroy())
  const late = setTimeout(() => socket.destroy(), lastWordsMs)
  socket.on('close', () => clearTimeout(late))
  const body = JSON.stringify({
    error: { message, type: 'invalid_request_error', param: null, code: null },
  })
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
