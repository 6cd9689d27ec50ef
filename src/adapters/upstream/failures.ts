import { type Failure, failure } from '../../core/failure.ts'

/** The code of an error, or of the first error inside it (happy eyeballs wraps one per address). */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return errorCode(error.errors[0])
  return errorCode(error.cause)
}

/** Codes that say nobody listens there: asking again at once cannot help. */
const nobodyThere = new Map([
  ['ECONNREFUSED', 'refused the connection'],
  ['ENOTFOUND', 'has no address in DNS'],
  ['EAI_AGAIN', 'could not be looked up in DNS'],
  ['EHOSTUNREACH', 'cannot be reached from this network'],
  ['ENETUNREACH', 'cannot be reached from this network'],
])

const notHttp = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'])

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])

/**
 * What a transport error means, without the address: clients read the message, and the record names the
 * target. `headSeen`: the reply had begun, so its body is cut short.
 */
export function transportFailure(error: unknown, headSeen: boolean): Failure {
  const code = errorCode(error)
  if (headSeen) {
    return failure(
      'truncated',
      `The provider broke off its reply (${code || 'connection closed'}).`,
    )
  }
  if (timeouts.has(code)) return failure('timeout', 'The provider could not be connected in time.')
  const nobody = nobodyThere.get(code)
  if (nobody !== undefined) {
    return failure('unreachable', `The provider ${nobody}.`, { retry: 'other' })
  }
  if (isTlsCode(code)) {
    return failure('unreachable', `The provider has no valid TLS certificate (${code}).`, {
      retry: 'other',
    })
  }
  if (code.startsWith('HPE_') || notHttp.has(code)) {
    return failure('malformed_reply', `The provider did not answer in valid HTTP (${code}).`)
  }
  return failure(
    'unreachable',
    `The provider closed the connection (${code || 'no reason given'}).`,
  )
}

function isTlsCode(code: string): boolean {
  return (
    code.startsWith('ERR_TLS_') ||
    code.startsWith('ERR_SSL_') ||
    code.startsWith('CERT_') ||
    code.includes('SELF_SIGNED') ||
    code.startsWith('UNABLE_TO_')
  )
}
