import { readFileSync } from 'node:fs'
import { messageOf } from '@banyan/toolkit/base'
import type { Sender, Sending, UpstreamFault, UpstreamRequest } from '../sender.ts'
import { targetOf } from './dial.ts'
import { Exchange } from './exchange.ts'
import { Pool } from './pool.ts'
import { requestHead } from './request-head.ts'
import { Sweeper } from './sweeper.ts'

/** A sender of HTTP/1.1 over node:net and node:tls, with a pool of kept connections for each address of an upstream. */
export function buildHttp1Sender(): Sender {
  const pools = buildPools()
  return {
    send: (request) => {
      try {
        const exchange = new Exchange(request, requestHead(request), pools.nowMs())
        pools.of(request).send(exchange)
        return exchange
      } catch (error) {
        return refused(request, { ok: false, fault: 'upstream-unreachable', detail: messageOf(error), sent: 'nothing' })
      }
    },
    close: pools.close,
  }
}

function refused({ over }: UpstreamRequest, fault: UpstreamFault): Sending {
  over?.(fault)
  return { answer: Promise.resolve(fault), leave: () => undefined }
}

function buildPools() {
  const active = new Map<string, Pool>()
  const byUrl = new WeakMap<URL, { readonly key: string; readonly caFile: string | undefined; readonly pool: Pool }>()
  const sweeper = new Sweeper((nowMs) => {
    for (const [key, pool] of active) {
      pool.sweep(nowMs)
      if (pool.isEmpty()) active.delete(key)
    }
    return active.size > 0
  })
  const now = () => sweeper.nowMs
  const build = ({ url, address, upstream }: UpstreamRequest) => {
    const ca = upstream.caFile === undefined ? undefined : readFileSync(upstream.caFile, 'utf8')
    return new Pool(targetOf(url, { address, ca }), now)
  }
  const find = (request: UpstreamRequest) => {
    const { upstream, url, address } = request
    const key = `${upstream.name} ${url.origin} ${address ?? ''} ${upstream.caFile ?? ''}`
    const pool = active.get(key) ?? build(request)
    active.set(key, pool)
    sweeper.start()
    return { key, caFile: upstream.caFile, pool }
  }
  return {
    nowMs: now,
    /**
     * The pool of a request; one that was empty for a while is made anew, with its CA file read again. A reload may leave a URL as it
     * was and name another CA file.
     */
    of: (request: UpstreamRequest): Pool => {
      if (request.address !== undefined) return find(request).pool
      const known = byUrl.get(request.url)
      const holds = known !== undefined && known.caFile === request.upstream.caFile
      if (holds && active.get(known.key) === known.pool) return known.pool
      const found = find(request)
      byUrl.set(request.url, found)
      return found.pool
    },
    close: () => {
      sweeper.stop()
      for (const pool of active.values()) pool.close()
      active.clear()
    },
  }
}
