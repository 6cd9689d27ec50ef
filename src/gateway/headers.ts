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

export function passesToProvider(name: string): boolean {
  if (hopByHop.has(name) || credentials.has(name) || personal.has(name)) return false
  return !personalPrefixes.some((prefix) => name.startsWith(prefix))
}

/** Set by the provider's edge for its own clients; a cookie of theirs is a credential of ours. */
const fromProviderOnly = new Set([
  'set-cookie',
  'content-encoding',
  'alt-svc',
  'strict-transport-security',
  'server',
  'date',
])

export function passesToClient(name: string): boolean {
  return !hopByHop.has(name) && !fromProviderOnly.has(name) && !name.startsWith('x-waybill-')
}

/** Printable ASCII only, so that no name or reason can open a second header. */
export function headerValue(text: string): string {
  const clean = text.replace(/[^\x20-\x7e]/g, '?')
  return clean.length <= 400 ? clean : `${clean.slice(0, 397)}...`
}
