import { randomHex } from './identifiers.ts'

/** A W3C trace context: the `traceparent` to send on, and whether it continues one that came in. */
export interface TraceContext {
  readonly traceparent: string
  /** 32 hex digits. */
  readonly traceId: string
  readonly continued: boolean
}

/** Sampled, and random trace id; the others must be sent as zero. */
const definedFlags = 0b11
const wellFormed = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/**
 * Continues the trace that came in with a parent id of the edge's own, or begins one, marked as sampled
 * (W3C Trace Context, sections 3.2 and 4.3). A malformed or all-zero header counts as none. Of its flags those go on that are
 * defined: sampled, and random trace id (level 2, section 3.2.2.5).
 */
export function traceContext(incoming: string | undefined): TraceContext {
  if (incoming === undefined) return newTrace()
  const [, version, traceId, parentId, flags, rest] = wellFormed.exec(incoming) ?? []
  const usable =
    version !== undefined &&
    version !== 'ff' &&
    !(version === '00' && rest !== undefined) &&
    !/^0+$/.test(traceId ?? '0') &&
    !/^0+$/.test(parentId ?? '0')
  if (!usable || traceId === undefined) return newTrace()
  return { traceparent: `00-${traceId}-${randomHex(8)}-${knownFlags(flags)}`, traceId, continued: true }
}

function knownFlags(flags = '00'): string {
  return `0${Number.parseInt(flags, 16) & definedFlags}`
}

/** Both ids out of one draw, for every request needs them. */
function newTrace(): TraceContext {
  const random = randomHex(24)
  const traceId = random.slice(0, 32)
  return { traceparent: `00-${traceId}-${random.slice(32)}-01`, traceId, continued: false }
}
