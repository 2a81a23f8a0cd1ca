import { Readable } from 'node:stream'
import type { RetryPolicy, Timeouts, Upstream } from '@banyan/toolkit/routing'
import type { Sending, UpstreamFault } from '../sender.ts'
import { Attempt } from './attempt.ts'
import { type Course, type Delivery, gone } from './delivery.ts'
import type { Endpoint } from './endpoint.ts'
import { chooseEndpoint, type LiveUpstream } from './live-upstream.ts'
import { type Ended, pauseBeforeRepeat } from './repeat.ts'

/** Asks one upstream: once, or several times within its total time, its retry policy and its budget. */
export async function ask(course: Course, upstream: Upstream): Promise<Ended> {
  const { delivery, parts } = course
  const live = parts.liveOf(upstream)
  const timeouts = timeoutsOf(delivery, upstream)
  const asking: Asking = { course, upstream, live, timeouts, endsMs: parts.clock.monotonic() + timeouts.totalMs }
  const retry = delivery.policy?.retry === false ? undefined : upstream.policy.retry
  live.budget?.request()
  let tried: Endpoint | undefined
  for (let retries = 0; ; retries++) {
    const now = parts.clock.monotonic()
    tried = chooseEndpoint(live, now, tried)
    // Before the pass: what throws here must not keep it.
    const headers = delivery.headers(upstream, tried.url)
    const pass = live.breaker?.admit(now)
    if (live.breaker !== undefined && pass === undefined) return stopped(live, now)
    const attempt = new Attempt(live, { endpoint: tried, pass, clock: parts.clock })
    course.sending = send(asking, { endpoint: tried, headers, attempt })
    const ended = await course.sending.answer
    if (ended.ok) attempt.answered(ended.status)
    if (retry === undefined || (ended.ok && ended.status < 500)) return ended
    const pauseMs = pauseBefore(asking, ended, { policy: retry, retries })
    if (pauseMs === undefined) return ended
    discard(ended)
    await pause(course, pauseMs)
    if (course.left) return gone
  }
}

/** What a request's attempts at one upstream share. */
interface Asking {
  readonly course: Course
  readonly upstream: Upstream
  readonly live: LiveUpstream
  readonly timeouts: Timeouts
  /** When its total time is over. */
  readonly endsMs: number
}

function timeoutsOf({ policy }: Delivery, upstream: Upstream): Timeouts {
  const { timeouts } = upstream.policy
  return policy?.timeouts === undefined ? timeouts : { ...timeouts, ...policy.timeouts }
}

/** What one attempt has of its own. */
interface Try {
  readonly endpoint: Endpoint
  readonly headers: readonly string[]
  readonly attempt: Attempt
}

/** One plain object: this is what every request pays for. */
function send({ course, upstream, live, timeouts, endsMs }: Asking, { endpoint, headers, attempt }: Try): Sending {
  const { delivery, parts } = course
  return parts.sender.send({
    upstream,
    url: endpoint.url,
    address: endpoint.address,
    method: delivery.method,
    target: delivery.target,
    headers,
    body: delivery.body,
    trailers: delivery.trailers,
    timeouts:
      timeouts.totalMs === Number.POSITIVE_INFINITY ? timeouts : withTotal(timeouts, endsMs - parts.clock.monotonic()),
    limits: live.limits,
    bodyWanted: delivery.bodyWanted,
    informed: delivery.informed,
    over: attempt.over,
    notes: delivery.notes,
  })
}

function withTotal(timeouts: Timeouts, totalMs: number): Timeouts {
  return { ...timeouts, totalMs: Math.max(1, totalMs) }
}

/** What a request meets whose upstream's breaker is open. */
export function stopped(live: LiveUpstream, now: number): UpstreamFault {
  live.counted.stopped += 1
  const retryAfterMs = live.breaker?.view(now).leftMs ?? 0
  return { ok: false, fault: 'upstream-breaker-open', detail: 'its breaker is open', sent: 'nothing', retryAfterMs }
}

/** Undefined when there is no retry: not allowed, not affordable, or not now that its breaker has opened. */
function pauseBefore(
  { course, live, endsMs }: Asking,
  ended: Ended,
  { policy, retries }: { readonly policy: RetryPolicy; readonly retries: number },
): number | undefined {
  const { delivery, parts, left } = course
  const now = parts.clock.monotonic()
  if (left || (live.breaker !== undefined && live.breaker.view(now).state !== 'closed')) return undefined
  const { method, body, writes } = delivery
  const bodyUntouched = body === undefined || (body instanceof Readable && !body.readableDidRead)
  const pauseMs = pauseBeforeRepeat(
    ended,
    { method, writes, hasBody: body !== undefined, bodyUntouched },
    { policy, retries, leftMs: endsMs - now, dice: parts.dice(), now: parts.clock.now() },
  )
  if (pauseMs === undefined) return undefined
  const affordable = live.budget?.take() === true
  if (affordable) live.counted.retries += 1
  else live.counted.overBudget += 1
  return affordable ? pauseMs : undefined
}

async function pause(course: Course, ms: number): Promise<void> {
  course.pausing = new AbortController()
  await course.parts.clock.sleep(ms, course.pausing.signal).catch(() => undefined)
}

/** Lets go of an answer that nobody gets; its connection is kept when all of it is there already. */
export function discard(ended: Ended): void {
  if (!ended.ok) return
  if (ended.body.whole === undefined) ended.body.drop()
  else ended.body.readBy({ part: ignore, ended: ignore, cut: ignore })
}

const ignore = () => undefined
