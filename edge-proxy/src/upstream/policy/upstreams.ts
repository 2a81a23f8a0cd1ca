import type { Clock } from '@banyan/toolkit/base'
import type { RouteTable, Upstream } from '@banyan/toolkit/routing'
import type { Logger } from 'pino'
import type { Peers } from '../../workers/peers.ts'
import { shareUpstreams } from '../../workers/share-upstreams.ts'
import type { Sender, Sending } from '../sender.ts'
import { deliver } from './deliver.ts'
import type { Delivery } from './delivery.ts'
import type { Endpoint } from './endpoint.ts'
import { buildHealthChecks, type HealthChecks } from './health-checks.ts'
import { chooseEndpoint, followUpstream, type LiveUpstream, newLiveUpstream } from './live-upstream.ts'
import { buildNames, type Lookup } from './names.ts'
import { openTunnel, type TunnelOpening } from './open-tunnel.ts'
import { hearNews } from './upstream-news.ts'
import { type LiveStatus, statusOfLive } from './upstream-status.ts'

/** The upstreams of an edge as they are now, and the way to send requests to them. */
export interface Upstreams {
  /** Sends a request by the policies of its upstream and its route. */
  deliver(delivery: Delivery): Sending
  /** Where to send what is not delivered: shadows, probes. It is neither counted nor stopped. */
  choose(upstream: Upstream): Pick<Endpoint, 'url' | 'address'>
  /** Where to open a tunnel (WebSocket): its handshake is counted, and stopped, as a request is. */
  tunnel(upstream: Upstream): TunnelOpening
  /** Goes by this route table from now on; what was counted of upstreams that it still has is kept. */
  follow(table: RouteTable): void
  status(): readonly LiveStatus[]
  /** How often each route fell back to legacy since the edge started. */
  fallbacks(): ReadonlyMap<string, number>
  close(): void
}

/** What upstreams need. */
export interface UpstreamsOptions {
  readonly sender: Sender
  /** For health checks. */
  readonly checkSender: Sender
  readonly clock: Clock
  /** Gives 0 up to 1. */
  dice(): number
  readonly log: Logger
  readonly lookup: Lookup
  /** The other workers of the edge; undefined: it is one process. */
  readonly peers?: Peers | undefined
}

/** Builds upstreams of which nothing is known; they are met when they are first used, or when a route table is followed. */
export function buildUpstreams(options: UpstreamsOptions): Upstreams {
  const { sender, checkSender, clock, dice, log, lookup } = options
  const lives = new Map<string, Watched>()
  const fallbacks = new Map<string, number>()
  const fellBack = (route: string) => void fallbacks.set(route, (fallbacks.get(route) ?? 0) + 1)
  const followAll = () => {
    for (const watched of lives.values()) followOne(watched, watched.live.upstream)
  }
  const names = buildNames({ lookup, clock, log, changed: followAll })
  const tell =
    options.peers &&
    shareUpstreams(options.peers, (upstream, news) => {
      const known = lives.get(upstream)
      if (known !== undefined) hearNews(known.live, news, clock.monotonic())
    })
  const about = { log, dice, addressesOf: names.addressesOf, doubt: names.doubt, tell }
  const followOne = (watched: Watched, upstream: Upstream) => {
    const before = watched.live.upstream
    followUpstream(watched.live, upstream, about)
    const { health } = upstream.policy
    if (watched.checks === undefined || howChecked(before) !== howChecked(upstream)) {
      watched.checks?.close()
      watched.checks = health && buildHealthChecks({ upstream, policy: health, sender: checkSender, clock, dice, log })
    }
    watched.checks?.follow(watched.live.endpoints)
  }
  const meet = (upstream: Upstream): LiveUpstream => {
    const known = lives.get(upstream.name)
    if (known !== undefined) return known.live
    const live = newLiveUpstream(upstream, about)
    lives.set(upstream.name, { live, checks: undefined })
    return live
  }
  const parts = { sender, clock, dice, fellBack, liveOf: meet }
  return {
    deliver: (delivery) => deliver(delivery, parts),
    choose: (upstream) => chooseEndpoint(meet(upstream), clock.monotonic()),
    tunnel: (upstream) => openTunnel(meet(upstream), clock),
    follow: (table) => {
      for (const [name, { checks }] of lives) {
        if (table.upstreams.has(name)) continue
        checks?.close()
        lives.delete(name)
      }
      for (const route of fallbacks.keys()) if (!table.index.names.has(route)) fallbacks.delete(route)
      const upstreams = [...table.upstreams.values()]
      names.follow(upstreams.flatMap(({ urls }) => urls.map((url) => url.hostname)))
      for (const upstream of upstreams) meet(upstream)
      for (const watched of lives.values()) {
        const upstream = table.upstreams.get(watched.live.upstream.name)
        if (upstream !== undefined) followOne(watched, upstream)
      }
    },
    status: () => [...lives.values()].map(({ live }) => statusOfLive(live, clock.monotonic())),
    fallbacks: () => fallbacks,
    close: () => {
      names.close()
      for (const { checks } of lives.values()) checks?.close()
      checkSender.close()
    },
  }
}

interface Watched {
  readonly live: LiveUpstream
  checks: HealthChecks | undefined
}

function howChecked({ caFile, policy }: Upstream): string {
  return JSON.stringify([caFile, policy.health])
}
