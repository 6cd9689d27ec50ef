import { Agent, type RequestInit, type Response, fetch as undiciFetch } from 'undici'

export type PatientFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * A `fetch` for provider packages. The built-in one gives up after 300 s without headers or without
 * a byte, which cuts off models that think for long; Waybill's own timers decide instead.
 */
export function createPatientFetch(): PatientFetch {
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 })
  return (input, init) => {
    if (!(input instanceof Request)) return undiciFetch(input, { ...init, dispatcher })
    return undiciFetch(input.url, { ...partsOf(input), ...init, dispatcher })
  }
}

/** A Request belongs to the built-in fetch that made it; undici's does not know its class. */
function partsOf({ method, headers, body, signal }: Request): RequestInit {
  return { method, headers: [...headers], body, signal, duplex: 'half' }
}
