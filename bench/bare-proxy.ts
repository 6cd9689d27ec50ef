/**
 * The yardstick: the least that can stand between a client and a provider on node:http and undici.
 * No routing, no limits, no record, no error handling.
 * Usage: node bench/bare-proxy.ts <port> <upstream origin>
 */
import { createServer } from 'node:http'
import { Pool } from 'undici'

const [port, origin] = process.argv.slice(2)
if (port === undefined || origin === undefined) throw new Error('bare-proxy.ts <port> <origin>')
const pool = new Pool(origin, { allowH2: false, headersTimeout: 0, bodyTimeout: 0 })

const server = createServer({ noDelay: true }, (request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const [only] = pieces
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' }
    pool.dispatch(
      {
        path: request.url ?? '/',
        method: 'POST',
        headers,
        body: pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces),
      },
      {
        onRequestStart(controller) {
          response.on('close', () => {
            if (!response.writableEnded) controller.abort(new Error('client gone'))
          })
          response.on('drain', () => controller.resume())
        },
        onResponseStart(_controller, status, headers) {
          delete headers['connection']
          delete headers['keep-alive']
          delete headers['transfer-encoding']
          response.writeHead(status, headers)
        },
        onResponseData(controller, chunk) {
          if (!response.write(chunk)) controller.pause()
        },
        onResponseEnd() {
          response.end()
        },
        onResponseError() {
          response.destroy()
        },
      },
    )
  })
})
server.listen(Number(port), '127.0.0.1')
