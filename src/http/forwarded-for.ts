import { type IpAddress, parseAddress } from '../core/address.ts'

/**
 * Whom trusted proxies say a request comes from. Each proxy adds whom it heard it from at the right, so
 * the right-most address that is no proxy of ours is the farthest we know; what stands left of it
 * anybody may have written. null where nothing is said, nothing can be read, or the two headers tell
 * different tales: a proxy that writes one of them lets the other through as the client sent it.
 */
export function forwardedFor(
  headers: Readonly<Record<string, string>>,
  isTrusted: (address: IpAddress) => boolean,
): IpAddress | null {
  const list = headers['x-forwarded-for']
  const elements = headers['forwarded']
  const listed = list === undefined ? null : farthest(list, nodeAddress, isTrusted)
  if (elements === undefined) return listed
  const told = farthest(elements, forAddress, isTrusted)
  if (list === undefined) return told
  return listed?.join() === told?.join() ? told : null
}

function farthest(
  text: string,
  addressIn: (entry: string) => IpAddress | null,
  isTrusted: (address: IpAddress) => boolean,
): IpAddress | null {
  // Cut at every comma, though a quoted one would be no border: an unclosed quote of the client's would
  // else swallow what the proxy has added.
  const entries = text.split(',')
  let address: IpAddress | null = null
  for (let at = entries.length - 1; at >= 0; at--) {
    address = addressIn((entries[at] ?? '').trim())
    if (address === null || !isTrusted(address)) return address
  }
  return address
}

/** `for=192.0.2.60;proto=https`, `for="[2001:db8::1]:4711"` */
function forAddress(element: string): IpAddress | null {
  const node = /(?:^|;)\s*for=("?)([^";]*)\1\s*(?:;|$)/i.exec(element)?.[2]
  return node === undefined ? null : nodeAddress(node)
}

/** An address, with a port behind it or without. */
function nodeAddress(text: string): IpAddress | null {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1]
  return parseAddress(bracketed ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text)
}
