/**
 * Which headers cross the gateway. Open lists: what is not named here survives both ways, because
 * providers and their clients add headers faster than any gateway learns them.
 */

/** Meant for one connection only (RFC 9110 §7.6.1), or for framing that we set ourselves. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
  'http2-settings',
])

/** The client's credentials for us, and whatever selects an account at the provider. */
const credentials = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
  'openai-organization',
  'openai-project',
  'x-goog-user-project',
])

/** About the client's network and browser, of no concern to a provider. */
const personal = new Set([
  'host',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-real-ip',
  'accept-encoding',
  'content-encoding',
])

const personalPrefixes = ['x-waybill-', 'x-forwarded-', 'sec-', 'cf-']

/** A client's headers that a provider gets, as name, value, name, value … */
export function headersToProvider(headers: Headers): string[] {
  return passing(headers, passesToProvider)
}

const passesToProvider = remembered((name) => {
  if (hopByHop.has(name) || credentials.has(name) || personal.has(name)) return false
  return !personalPrefixes.some((prefix) => name.startsWith(prefix))
})

/** Set by the provider's edge for its own clients; a cookie of theirs is a credential of ours. */
const fromProviderOnly = new Set([
  'set-cookie',
  'content-encoding',
  'alt-svc',
  'strict-transport-security',
  'server',
  'date',
])

/** A provider's headers that a client gets, as name, value, name, value … */
export function headersToClient(headers: Headers): string[] {
  return passing(headers, passesToClient)
}

const passesToClient = remembered(
  (name) => !hopByHop.has(name) && !fromProviderOnly.has(name) && !name.startsWith('x-waybill-'),
)

/** The same few names come with every request; those that others make up have an end. */
const mostRemembered = 1_000

function remembered<T>(judge: (name: string) => T): (name: string) => T {
  const verdicts = new Map<string, T>()
  return (name) => {
    const known = verdicts.get(name)
    if (known !== undefined) return known
    const verdict = judge(name)
    if (verdicts.size < mostRemembered) verdicts.set(name, verdict)
    return verdict
  }
}

/** The name of a header as it is looked up: the one string for all requests, which the engine finds at once. */
export const lowerCaseName = remembered((name) => name.toLowerCase())

type Headers = Readonly<Record<string, string>>

/** What the sender lists in `connection` is for this hop only, whatever it is. */
function passing(headers: Headers, passes: (name: string) => boolean): string[] {
  const connection = headers['connection']
  const named = connection === undefined ? null : connection.toLowerCase().split(/[\s,]+/)
  const passed: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || !passes(name) || named?.includes(name)) continue
    passed.push(name, value)
  }
  return passed
}

const printable = /^[\x20-\x7e]*$/

/** Printable ASCII only, so that no name or reason can open a second header. */
export function headerValue(text: string): string {
  const clean = printable.test(text) ? text : text.replace(/[^\x20-\x7e]/g, '?')
  return clean.length <= 400 ? clean : `${clean.slice(0, 397)}...`
}
