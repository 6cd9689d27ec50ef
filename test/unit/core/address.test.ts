import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithin, parseAddress, parseRange, subscriberOf } from '../../../src/core/address.ts'

const within = (range: string, address: string) => {
  const [parsedRange, parsed] = [parseRange(range), parseAddress(address)]
  if (parsedRange === null || parsed === null) throw new Error('both can be read')
  return isWithin(parsedRange, parsed)
}

const subscriber = (text: string) => {
  const address = parseAddress(text)
  return address === null ? null : subscriberOf(address)
}

describe('an address', () => {
  it('is read as the system reads it', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4Extended(),
      fc.stringMatching(/^[0-9a-f:.]{1,20}$/),
      fc.ipV6().map((address) => `${address}:1`),
    )
    fc.assert(
      fc.property(text, (address) => {
        expect(parseAddress(address) !== null).toBe(isIP(address) !== 0)
      }),
      { numRuns: 5_000 },
    )
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b::/64'],
    ['::1', '::1'],
    ['::2', '::/64'],
    ['::', '::/64'],
  ])('%s counts towards the limits of %s', (address, expected) => {
    expect(subscriber(address)).toBe(expected)
  })

  it.each([
    '',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.5',
    '256.0.0.1',
    ' 1.2.3.4',
    '1.2.3.4:80',
    '::1%eth0',
  ])('is not %j', (text) => {
    expect(parseAddress(text)).toBeNull()
  })
})

describe('a range', () => {
  it('holds what node:net says it holds', () => {
    const range = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
    )
    // Addresses that begin as the range does, as random ones hardly ever would.
    const last = fc.option(fc.nat(255))
    fc.assert(
      fc.property(range, fc.oneof(fc.ipV4(), fc.ipV6()), last, ([first, bits], other, ending) => {
        const near = first.replace(/[0-9a-f]+$/i, String(ending))
        const asked = ending === null ? other : near
        const family = isIP(first) === 4 ? 'ipv4' : 'ipv6'
        fc.pre(isIP(asked) === isIP(first) && !mapped.test(asked) && !mapped.test(first))
        const list = new BlockList()
        list.addSubnet(first, bits, family)
        expect(within(`${first}/${bits}`, asked)).toBe(list.check(asked, family))
      }),
      { numRuns: 3_000 },
    )
  })

  /** IPv4 here, and no address of an IPv6 range. */
  const mapped = /ffff:/i

  it('of IPv6 holds no IPv4 address', () => {
    expect(within('::/0', '10.0.0.1')).toBe(false)
    expect(within('0.0.0.0/0', '::1')).toBe(false)
  })

  it('may be a single address', () => {
    expect(within('10.0.0.1', '10.0.0.1')).toBe(true)
    expect(within('10.0.0.1', '10.0.0.2')).toBe(false)
    expect(within('10.0.0.0/8', '::ffff:10.1.2.3')).toBe(true)
  })

  it.each([
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '/8',
    '::ffff:10.0.0.0/104',
  ])('is not %s', (text) => {
    expect(parseRange(text)).toBeNull()
  })
})
