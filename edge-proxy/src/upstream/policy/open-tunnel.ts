import type { Clock } from '@banyan/toolkit/base'
import type { FaultKind, UpstreamFault } from '../sender.ts'
import { stopped } from './ask.ts'
import { Attempt } from './attempt.ts'
import { chooseEndpoint, type LiveUpstream } from './live-upstream.ts'

/** Where a connection may be upgraded; or why its upstream is not asked now. */
export type TunnelOpening = TunnelTry | UpstreamFault

/** One handshake with an upstream. */
export interface TunnelTry {
  readonly ok: true
  readonly url: URL
  /** The IP address of the URL's name to connect to; undefined: any. */
  readonly address: string | undefined
  /** The upstream answered, 101 or another status. What comes of the tunnel afterwards says nothing of it. */
  answered(status: number): void
  /** No answer came, or none that is valid. Says nothing more where it has been answered already. */
  failed(fault: FaultKind): void
}

/**
 * Lets a handshake pass by its upstream's policies: an open breaker stops it, and what comes of it is counted as one request. It is
 * not sent again, and an open tunnel is no request under way: it may last for days.
 */
export function openTunnel(live: LiveUpstream, clock: Clock): TunnelOpening {
  const nowMs = clock.monotonic()
  const pass = live.breaker?.admit(nowMs)
  if (live.breaker !== undefined && pass === undefined) return stopped(live, nowMs)
  const endpoint = chooseEndpoint(live, nowMs)
  const attempt = new Attempt(live, { endpoint, pass, clock })
  return {
    ok: true,
    url: endpoint.url,
    address: endpoint.address,
    answered: (status) => {
      attempt.answered(status)
      attempt.over(undefined)
    },
    failed: (fault) => attempt.over({ ok: false, fault, detail: 'no handshake', sent: 'maybe' }),
  }
}
