import type { IncomingMessage } from 'node:http'
import { plainHeaders, refusedForm } from '../request-checks.ts'
import type { AdminAccess } from './access.ts'
import type { AdminProblem, ProblemCode } from './contract/problem.ts'
import { isOwnHost, isOwnOrigin, type OwnHosts } from './own-host.ts'
import type { WrongTokens } from './wrong-tokens.ts'

export interface GateOptions {
  readonly access: AdminAccess
  readonly hosts: () => OwnHosts
  readonly wrongTokens: WrongTokens
}

/**
 * Who is let in, whatever the path: the form first, then whom the call is for, then the token. Nothing of
 * a body is read before. null: come in.
 */
export async function turnedAway(
  message: IncomingMessage,
  { access, hosts, wrongTokens }: GateOptions,
): Promise<AdminProblem | null> {
  const headers = plainHeaders(message)
  const form = refusedForm(message, headers)
  if (form !== null) return problem('invalid_request', form.message)
  const stranger = fromElsewhere(message.method ?? '', headers, hosts())
  if (stranger !== null) return problem('forbidden', stranger)
  const { authorization } = headers
  if (authorization === undefined) return problem('unauthenticated', noToken)
  // Before anything else: wrong tokens of others at this address shut nobody out.
  if (access(authorization)) return null
  const address = message.socket.remoteAddress ?? ''
  if (wrongTokens.areTooMany(address)) return problem('too_many_attempts', tooMany)
  await wrongTokens.hold(address)
  return problem('unauthenticated', wrongToken)
}

const where = 'It is in the file admin-token of the data directory, or in WAYBILL_ADMIN_TOKEN.'
const noToken = `Send the admin token: Authorization: Bearer wb-admin-…. ${where}`
const wrongToken = `This is not the admin token of this gateway. ${where}`
const tooMany = 'Too many wrong tokens came from this address at once: try again in a second.'

/** Why a call is not meant for this API, or made by the page of somebody else; null: neither. */
function fromElsewhere(
  method: string,
  headers: Readonly<Record<string, string>>,
  own: OwnHosts,
): string | null {
  const { host = '', origin } = headers
  if (!isOwnHost(host, own)) {
    return 'The Host header names another machine: call the admin API by its address, or add the name to admin.hosts.'
  }
  if (origin !== undefined && !isOwnOrigin(origin, host)) {
    return 'A page of another origin may not call the admin API.'
  }
  const site = headers['sec-fetch-site']
  const writes = method !== 'GET' && method !== 'HEAD'
  return writes && site !== undefined && site !== 'same-origin' && site !== 'none'
    ? 'A page of another site may not change anything here.'
    : null
}

function problem(code: ProblemCode, message: string): AdminProblem {
  return { code, message, field: null }
}
