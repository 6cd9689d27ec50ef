/**
 * What an error answer is about. The status is the one providers send for it; a dialect may choose
 * another (see its error writer), and `status=` overrules both.
 */
export const errorKinds = {
  'invalid-request': 400,
  'context-length': 400,
  'content-filter': 400,
  prefill: 400,
  auth: 401,
  billing: 402,
  forbidden: 403,
  'not-found': 404,
  timeout: 408,
  conflict: 409,
  'too-large': 413,
  unprocessable: 422,
  'rate-limit': 429,
  quota: 429,
  server: 500,
  'bad-gateway': 502,
  unavailable: 503,
  'gateway-timeout': 504,
  overloaded: 529,
} as const satisfies Record<string, number>

export type ErrorKind = keyof typeof errorKinds

export function isErrorKind(name: string): name is ErrorKind {
  return Object.hasOwn(errorKinds, name)
}

const kindByStatus = new Map<number, ErrorKind>([
  [400, 'invalid-request'],
  [401, 'auth'],
  [402, 'billing'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [408, 'timeout'],
  [409, 'conflict'],
  [413, 'too-large'],
  [422, 'unprocessable'],
  [429, 'rate-limit'],
  [502, 'bad-gateway'],
  [503, 'unavailable'],
  [504, 'gateway-timeout'],
  [529, 'overloaded'],
])

/** The usual reason behind a status. */
export function errorKindOf(status: number): ErrorKind {
  return kindByStatus.get(status) ?? (status >= 500 ? 'server' : 'invalid-request')
}
