import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Network } from '@banyan/toolkit/routing'
import { isHostHeader } from './host-header.ts'

/** Where a request comes from, as far as the edge believes it. */
export interface Client {
  /** The address of the client itself: the nearest one that is no trusted proxy. */
  readonly address: string
  /** What the client speaks; a trusted proxy may have ended its TLS. */
  readonly scheme: 'http' | 'https'
  /** Host as the client asked for it, where a trusted proxy says so; else undefined. */
  readonly host: string | undefined
  /** Every address from the client to the socket's other end, in this order. */
  readonly chain: readonly string[]
}

/** Whether what a peer says about its clients is believed. */
export type Trusts = (address: string) => boolean

/** Believes nobody: the default. */
export const trustsNobody: Trusts = () => false

/** More proxies than that stand before nobody; what is further away is not believed. */
const maxHops = 20

/** Believes who is in one of these networks. */
export function trusting(networks: readonly Network[]): Trusts {
  if (networks.length === 0) return trustsNobody
  const list = new BlockList()
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family)
  return (address) => {
    // A link-local address comes with its interface: fe80::1%eth0.
    const [plain = ''] = address.split('%', 1)
    return isIP(plain) !== 0 && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}

/** Believes who is in the networks that are live, as they change. */
export function trustingLive(networks: () => readonly Network[]): Trusts {
  let last: readonly Network[] = []
  let trusts = trustsNobody
  return (address) => {
    const now = networks()
    if (now !== last) trusts = trusting(now)
    last = now
    return trusts(address)
  }
}

/**
 * Reads who the client is. Behind a trusted proxy it is the right-most address of `X-Forwarded-For` that is not
 * trusted itself, for everything left of that one may be made up; anybody else's headers are not looked at.
 */
export function clientOf(raw: IncomingMessage, trusts: Trusts): Client {
  const peer = plainAddress(raw.socket.remoteAddress ?? 'unknown')
  const own = 'encrypted' in raw.socket ? 'https' : 'http'
  if (!trusts(peer)) return { address: peer, scheme: own, host: undefined, chain: [peer] }
  const chain = chainOf(raw.headers['x-forwarded-for'], peer, trusts)
  const host = lastOf(raw.headers['x-forwarded-host'])
  return {
    address: chain[0] ?? peer,
    scheme: schemeOf(raw.headers['x-forwarded-proto']) ?? own,
    host: host !== undefined && isHostHeader(host) ? host : undefined,
    chain,
  }
}

/** An address without the IPv6 form of an IPv4 one, which a socket that listens on `::` gives. */
export function plainAddress(address: string): string {
  if (!address.includes('.') || !address.includes(':')) return address
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}

function chainOf(header: string | readonly string[] | undefined, peer: string, trusts: Trusts): readonly string[] {
  const chain = [peer]
  for (const written of listOf(header).reverse()) {
    const address = addressOf(written)
    if (address === undefined || chain.length > maxHops || !trusts(chain[0] ?? peer)) break
    chain.unshift(address)
  }
  return chain
}

/** An address as proxies write it: bare, or with a port (`1.2.3.4:80`, `[::1]:80`). */
function addressOf(written: string): string | undefined {
  const [, v6, v4] = /^(?:\[([0-9A-Fa-f:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(written) ?? []
  const address = plainAddress(v6 ?? v4 ?? written)
  return isIP(address) === 0 || address.includes('%') ? undefined : address
}

function schemeOf(header: string | readonly string[] | undefined): 'http' | 'https' | undefined {
  const said = lastOf(header)?.toLowerCase()
  return said === 'http' || said === 'https' ? said : undefined
}

function lastOf(header: string | readonly string[] | undefined): string | undefined {
  return listOf(header).at(-1)
}

function listOf(header: string | readonly string[] | undefined): string[] {
  if (header === undefined) return []
  const text = typeof header === 'string' ? header : header.join(',')
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
