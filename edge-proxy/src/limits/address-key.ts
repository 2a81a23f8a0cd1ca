import { isIPv6 } from 'node:net'
import { plainAddress } from '../request/client.ts'

/**
 * What counts as one client by its address: an IPv4 address, or the /64 network of an IPv6 one, for a single subscriber
 * has all 2^64 addresses of it (RFC 6177, section 2; RFC 4291, section 2.5.1).
 */
export function addressKey(address: string): string {
  if (!address.includes(':')) return address
  const plain = plainAddress(address)
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const before = groupsOf(head)
  const missing = tail === undefined ? 0 : 8 - before.length - groupsOf(tail).length
  const network = [...before, ...new Array<string>(missing).fill('0'), ...groupsOf(tail ?? '')].slice(0, 4)
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

/** The 16-bit groups of one half; an IPv4 address at the end of it stands for two. */
function groupsOf(half: string): readonly string[] {
  if (half === '') return []
  return half.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))
}
