import type { Clock } from '@banyan/toolkit/base'
import type { RoutePolicy, Upstream } from '@banyan/toolkit/routing'
import type { Sender, Sending, UpstreamFault, UpstreamRequest } from '../sender.ts'
import type { SendingNotes } from '../sending-notes.ts'
import type { LiveUpstream } from './live-upstream.ts'

/** A request that is to be answered, by whatever address of its upstream, in as many attempts as policies allow. */
export interface Delivery
  extends Pick<UpstreamRequest, 'method' | 'target' | 'body' | 'trailers' | 'bodyWanted' | 'informed'> {
  readonly upstream: Upstream
  /** Who answers when the upstream fails; undefined: nobody. */
  readonly fallback: Upstream | undefined
  /** What its route says; undefined where no route names the method. */
  readonly policy: RoutePolicy | undefined
  /** Its route's name. */
  readonly route: string
  /** It writes a capability's data. */
  readonly writes: boolean
  /** The header lines for an attempt, flat. */
  headers(upstream: Upstream, url: URL): readonly string[]
  readonly notes: SendingNotes
}

/** What delivering needs. */
export interface Delivering {
  readonly sender: Sender
  readonly clock: Clock
  /** Gives 0 up to 1. */
  dice(): number
  liveOf(upstream: Upstream): LiveUpstream
  /** The service failed, and legacy is asked. */
  fellBack(route: string): void
}

/** One request on its way, over all its attempts. */
export interface Course {
  readonly delivery: Delivery
  readonly parts: Delivering
  /** The client left. */
  left: boolean
  /** The latest attempt. */
  sending: Sending | undefined
  /** Ends the pause before the next one. */
  pausing: AbortController | undefined
}

/** Nobody waits for the answer any more. */
export const gone: UpstreamFault = { ok: false, fault: 'client-gone', detail: 'the client left', sent: 'maybe' }
