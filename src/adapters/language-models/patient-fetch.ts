import type { RequestInit, Response } from 'undici'

export type PatientFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * A `fetch` for provider packages. The built-in one gives up after 300 s without headers or without
 * a byte, which cuts off models that think for long; Waybill's own timers decide instead.
 */
export function createPatientFetch(): PatientFetch {
  let loading: Promise<PatientFetch> | null = null
  return async (input, init) => {
    loading ??= loadPatientFetch()
    const fetch = await loading
    return fetch(input, init)
  }
}

/** Loaded where a provider package asks for it: most gateways have none, and it takes 6 MB. */
async function loadPatientFetch(): Promise<PatientFetch> {
  const { Agent, fetch } = await import('undici')
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 })
  return (input, init) => {
    if (!(input instanceof Request)) return fetch(input, { ...init, dispatcher })
    return fetch(input.url, { ...partsOf(input), ...init, dispatcher })
  }
}

/** A Request belongs to the built-in fetch that made it; undici's does not know its class. */
function partsOf({ method, headers, body, signal }: Request): RequestInit {
  return { method, headers: [...headers], body, signal, duplex: 'half' }
}
