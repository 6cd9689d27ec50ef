import type { KnownProvider } from '../providers/known-provider.ts'
import { isLoopback, type ListenAddress } from './listen.ts'
import type { Environment } from './settings.ts'

/** The value of a variable without blanks around it; undefined when it is unset or empty. */
export function variableOf(environment: Environment, name: string | undefined): string | undefined {
  const found = name === undefined ? undefined : environment[name]?.trim()
  return found === '' ? undefined : found
}

/** The address the environment gives a provider, and the variable it stands in. */
export function addressFrom(
  known: KnownProvider,
  environment: Environment,
  listen: ListenAddress,
  notes: string[],
): { variable: string; baseUrl: string } | null {
  for (const { variable, baseUrl } of known.addressVariables ?? []) {
    const found = variableOf(environment, variable)
    if (found === undefined) continue
    const address = fillAddress(baseUrl, found, known)
    if (address === null) {
      notes.push(`${variable} is set and holds no address, so it is not used.`)
    } else if (pointsAt(address, listen)) {
      notes.push(`${variable} points at this gateway itself, so it is not used.`)
    } else {
      return { variable, baseUrl: address }
    }
  }
  return null
}

/**
 * `localhost`, `0.0.0.0:11434`, `https://host/`, `https://host/v1` → the base address they stand
 * for.
 */
function fillAddress(template: string, found: string, known: KnownProvider): string | null {
  if (!template.startsWith('{}')) {
    return /^[A-Za-z0-9-]+$/.test(found) ? template.replace('{}', found) : null
  }
  const suffix = template.slice('{}'.length)
  const hasScheme = /^https?:\/\//.test(found)
  const text = (hasScheme ? found : `http://${found}`).replace(/\/+$/, '')
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (!hasScheme && url.port === '') url.port = usualPort(known)
  // What a server listens on is no place to call; on its own machine it means loopback.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  const whole = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  return whole.endsWith(suffix) ? whole : whole + suffix
}

function usualPort({ reach }: KnownProvider): string {
  const usual = reach.kind === 'http' ? reach.addresses[0]?.baseUrl : null
  return usual === null || usual === undefined ? '' : new URL(usual).port
}

/**
 * Applications are pointed at a gateway with the same variables; following them would be a loop.
 */
function pointsAt(address: string, listen: ListenAddress): boolean {
  const { hostname, port } = new URL(address)
  const host = hostname.replace(/^\[|\]$/g, '')
  return port === String(listen.port) && (isLoopback(host) || host === listen.host)
}
