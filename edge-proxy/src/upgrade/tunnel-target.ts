import { readFileSync } from 'node:fs'
import { Agent as PlainAgent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Upstream } from '@banyan/toolkit/routing'
import type { TunnelTry } from '../upstream/policy/open-tunnel.ts'

/** What http-proxy is told of where to connect. */
export interface TunnelTarget {
  readonly target: { readonly protocol: string; readonly host: string; readonly port: string }
  /** Of this one connection. */
  readonly agent: PlainAgent
}

/**
 * Where a handshake is to go: to the chosen address of its URL's name, which proves that name. Of itself node:http would connect to
 * any address, and have the server prove the `Host` that the client sent. Throws where the file of the upstream's authority
 * cannot be read any more.
 */
export function tunnelTarget({ caFile }: Upstream, { url, address }: Pick<TunnelTry, 'url' | 'address'>): TunnelTarget {
  const { protocol, hostname, port } = url
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  const where = address === undefined ? {} : { lookup: lookupOf(address) }
  const target = { protocol, host, port }
  if (protocol !== 'https:') return { target, agent: new PlainAgent(where) }
  const trust = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }
  return { target, agent: new SecureAgent({ ...where, ...trust, servername: isIP(host) === 0 ? host : '' }) }
}

function lookupOf(address: string): LookupFunction {
  const family = isIP(address)
  return (_host, { all }, found) => {
    if (all) found(null, [{ address, family }])
    else found(null, address, family)
  }
}
