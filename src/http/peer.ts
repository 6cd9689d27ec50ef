import type { Socket } from 'node:net'
import {
  type AddressRange,
  type IpAddress,
  isWithin,
  parseAddress,
  subscriberOf,
} from '../core/address.ts'
import { forwardedFor } from './forwarded-for.ts'
import { isLoopback } from './request-checks.ts'

/** Who is at the other end of a connection. */
export interface Peer {
  readonly loopback: boolean
  /** Who sends a request with these headers, as `Incoming.ip` has it. */
  ipOf(headers: Readonly<Record<string, string>>): string | null
}

interface KnownPeer extends Peer {
  readonly trustedProxies: readonly AddressRange[]
}

type Connection = Pick<Socket, 'remoteAddress'>

const peers = new WeakMap<Connection, KnownPeer>()

/** Found out once for each connection, and again when other proxies are trusted. */
export function peerOf(socket: Connection, trustedProxies: readonly AddressRange[]): Peer {
  const known = peers.get(socket)
  if (known !== undefined && known.trustedProxies === trustedProxies) return known
  const peer = newPeer(socket.remoteAddress, trustedProxies)
  peers.set(socket, peer)
  return peer
}

function newPeer(
  remoteAddress: string | undefined,
  trustedProxies: readonly AddressRange[],
): KnownPeer {
  // Link-local addresses come with a zone: fe80::1%eth0.
  const address = parseAddress(remoteAddress?.replace(/%.*$/, '') ?? '')
  const own = address === null ? null : subscriberOf(address)
  const loopback = isLoopback(remoteAddress)
  const isTrusted = (one: IpAddress) => trustedProxies.some((range) => isWithin(range, one))
  if (address === null || !isTrusted(address)) return { loopback, trustedProxies, ipOf: () => own }
  return {
    loopback,
    trustedProxies,
    ipOf(headers) {
      const named = forwardedFor(headers, isTrusted)
      return named === null ? own : subscriberOf(named)
    },
  }
}
