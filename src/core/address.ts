/**
 * An IP address in groups of 16 bits: two for IPv4, eight for IPv6. An IPv4 address written as IPv6
 * (`::ffff:192.0.2.1`, as sockets for both show it) is the IPv4 address.
 */
export type IpAddress = readonly number[]

/** All addresses that begin with the first `bits` bits of this one. */
export interface AddressRange {
  readonly first: IpAddress
  readonly bits: number
}

/** `192.0.2.1`, `2001:db8::1` → its groups; null for anything else, zones and ports included. */
export function parseAddress(text: string): IpAddress | null {
  if (!text.includes(':')) return parseIpv4(text)
  const groups = parseIpv6(text)
  if (groups === null) return null
  const mapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
  return mapped ? groups.slice(6) : groups
}

/** `10.0.0.0/8`, `fd00::/8`, or a single address; null for anything else. */
export function parseRange(text: string): AddressRange | null {
  const slash = text.indexOf('/')
  const first = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (first === null) return null
  const whole = first.length * 16
  if (slash < 0) return { first, bits: whole }
  const length = text.slice(slash + 1)
  // The length of an IPv4 range written as IPv6 counts from elsewhere.
  const unclear = first.length === 2 && text.includes(':')
  if (unclear || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > whole) return null
  return { first, bits: Number(length) }
}

export function isWithin({ first, bits }: AddressRange, address: IpAddress): boolean {
  if (address.length !== first.length) return false
  for (let at = 0; at < first.length; at++) {
    const left = bits - at * 16
    if (left <= 0) return true
    const ignored = left >= 16 ? 0 : 16 - left
    if ((first[at] ?? 0) >> ignored !== (address[at] ?? 0) >> ignored) return false
  }
  return true
}

/**
 * Whose limits an address counts towards: IPv4 as it is, IPv6 as its /64, which is what one customer
 * has at the least. `192.0.2.1`, `2001:db8::/64`
 */
export function subscriberOf(address: IpAddress): string {
  if (address.length === 2) {
    const [high = 0, low = 0] = address
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  }
  const loopback = address.every((group, at) => group === (at === 7 ? 1 : 0))
  if (loopback) return '::1'
  const network = address.slice(0, 4)
  while (network.at(-1) === 0) network.pop()
  return `${network.map((group) => group.toString(16)).join(':')}::/64`
}

/** A number with leading zeros is octal to some readers, and so is none here. */
const ipv4 = /^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/

function parseIpv4(text: string): IpAddress | null {
  if (!ipv4.test(text)) return null
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

/** Longer than any address. */
const longest = 45

function parseIpv6(text: string): IpAddress | null {
  if (text.length > longest) return null
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = groupsOf(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 1 ? [] : groupsOf(halves[1] ?? '', true)
  if (head === null || tail === null) return null
  const left = 8 - head.length - tail.length
  if (halves.length === 1 ? left !== 0 : left < 1) return null
  return [...head, ...new Array<number>(left).fill(0), ...tail]
}

/** `last`: an IPv4 address may stand at the end. */
function groupsOf(text: string, last: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [at, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16))
      continue
    }
    const embedded = last && at === parts.length - 1 ? parseIpv4(part) : null
    if (embedded === null) return null
    groups.push(...embedded)
  }
  return groups
}
