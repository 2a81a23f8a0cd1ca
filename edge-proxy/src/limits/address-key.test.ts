import { BlockList } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressKey } from './address-key.ts'

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:1:ffff::', '2001:db8:0:1::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, key) => expect(addressKey(address)).toBe(key))

test('two IPv6 addresses count as one exactly when they are in one /64 network, however they are written', () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), fc.boolean(), (a, b, near) => {
      const other = near ? `${expanded(a).slice(0, 4).join(':')}:1:2:3:4` : b
      const network = new BlockList()
      network.addSubnet(a, 64, 'ipv6')
      expect(addressKey(a) === addressKey(other)).toBe(network.check(other, 'ipv6'))
    }),
  )
})

function expanded(address: string): readonly string[] {
  const [network = ''] = addressKey(address).split('::/')
  return network.split(':')
}
