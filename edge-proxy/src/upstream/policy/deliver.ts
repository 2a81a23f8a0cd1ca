import type { FaultKind, Sending } from '../sender.ts'
import { ask, discard } from './ask.ts'
import { type Course, type Delivering, type Delivery, gone } from './delivery.ts'
import { isDown } from './live-upstream.ts'
import type { Ended } from './repeat.ts'

/**
 * Sends a request by the policies of its upstream: to one of its addresses, again where that is harmless and allowed, not at
 * all while its breaker is open; and to the fallback when nothing of this gave a good answer. Never rejects.
 */
export function deliver(delivery: Delivery, parts: Delivering): Sending {
  const course: Course = { delivery, parts, left: false, sending: undefined, pausing: undefined }
  const leave = () => {
    course.left = true
    course.sending?.leave()
    course.pausing?.abort()
  }
  return { answer: delivery.fallback === undefined ? ask(course, delivery.upstream) : askEither(course), leave }
}

/** The service; and legacy, when that fails. */
async function askEither(course: Course): Promise<Ended> {
  const { delivery, parts } = course
  const { upstream, fallback, notes, route } = delivery
  const first = isDown(parts.liveOf(upstream)) ? undefined : await ask(course, upstream)
  const because = first === undefined ? 'upstream-unhealthy' : whyFallBack(first)
  if (course.left || because === undefined || fallback === undefined) return first ?? gone
  if (first !== undefined) discard(first)
  notes.fallback = { arm: 'legacy', because }
  parts.fellBack(route)
  return ask(course, fallback)
}

const notTheUpstreams: ReadonlySet<string> = new Set<FaultKind>(['client-gone', 'client-slow', 'edge-closed'])

/** Undefined for an answer that will do, and for what was the client's doing, or the edge's. */
function whyFallBack(ended: Ended): string | undefined {
  if (ended.ok) return ended.status >= 500 ? `status-${ended.status}` : undefined
  return notTheUpstreams.has(ended.fault) ? undefined : ended.fault
}
