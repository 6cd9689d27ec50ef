import type { ServerResponse } from 'node:http'
import type { Failure } from '../core/failure.ts'
import type { Dialect } from '../core/request.ts'
import { codecs } from '../gateway/codecs.ts'
import { ownError } from '../gateway/deliver.ts'

/** Answers that are no replies of a provider: they are not executed and leave no record. */

export function answerJson(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** An error in the shape of the caller's dialect; `status` where HTTP has a better one than the class. */
export function refuse(
  response: ServerResponse,
  id: string,
  problem: Failure,
  dialect: Dialect,
  status?: number,
): void {
  if (response.headersSent || response.destroyed) return
  const [usual, headers, body] = ownError(problem, id, codecs[dialect])
  headers.push('x-waybill-id', id)
  for (let i = 0; i < headers.length; i += 2) {
    response.setHeader(headers[i] ?? '', headers[i + 1] ?? '')
  }
  response.writeHead(status ?? usual, { 'content-length': body.length })
  response.end(body)
}
