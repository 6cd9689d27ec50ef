import type { Faults } from '../behaviour/fault-names.ts'
import type { PlannedReply } from '../wire/planned-reply.ts'

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  302: 'Found',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** How the end of a body is told. */
export type Framing = 'length' | 'chunked' | 'close'

/** The text of a reply's head, with the faults that strike heads. */
export function writeHead(reply: PlannedReply, framing: Framing, faults: Faults): string {
  const version = faults.has('http10') ? 'HTTP/1.0' : 'HTTP/1.1'
  let head = `${version} ${reply.status} ${reasons[reply.status] ?? 'Status'}\r\n`
  for (const [name, value] of reply.headers) head += `${name}: ${value}\r\n`
  if (framing === 'length') head += `content-length: ${reply.length}\r\n`
  else if (framing === 'chunked') head += 'transfer-encoding: chunked\r\n'
  if (framing === 'close' || faults.has('close')) head += 'connection: close\r\n'
  if (faults.size === 0) return `${head}\r\n`
  return `${informationalHeads(faults)}${head}${strangeHeaders(reply, faults)}\r\n`
}

function informationalHeads(faults: Faults): string {
  const count = faults.get('1xx') ?? 0
  return 'HTTP/1.1 103 Early Hints\r\nlink: </mock>; rel=preload\r\n\r\n'.repeat(count)
}

const KIB = 1024

function strangeHeaders(reply: PlannedReply, faults: Faults): string {
  let lines = ''
  const kibibytes = faults.get('big-header')
  if (kibibytes !== undefined) lines += `x-mock-big: ${'b'.repeat(kibibytes * KIB)}\r\n`
  const count = faults.get('many-headers') ?? 0
  for (let index = 0; index < count; index++) lines += `x-mock-${index}: ${index}\r\n`
  if (faults.has('dup-headers')) {
    for (const [name, value] of reply.headers) {
      if (/^(content-type|x-request-id|request-id)$/.test(name)) lines += `${name}: ${value}\r\n`
    }
  }
  if (faults.has('dup-length')) {
    const lengths = reply.length === null ? [7, 11] : [reply.length + 1]
    for (const length of lengths) lines += `content-length: ${length}\r\n`
  }
  if (faults.has('lf-header')) lines += 'x-mock-lf: one\nx-mock-smuggled: two\r\n'
  return lines
}
