import type { FaultKind } from '../sender.ts'
import type { Health } from './breaker.ts'

/** What a fault says about the upstream: a client that leaves or is slow says nothing, nor does our own bound. */
export function healthOfFault(fault: FaultKind): Health {
  switch (fault) {
    case 'upstream-unreachable':
    case 'upstream-connect-timeout':
    case 'upstream-closed':
    case 'upstream-timeout':
    case 'upstream-invalid':
      return 'bad'
    case 'upstream-busy':
    case 'upstream-breaker-open':
    case 'client-slow':
    case 'client-gone':
    case 'edge-closed':
      return 'unknown'
    default: {
      const never: never = fault
      return never
    }
  }
}

/** What an answer's status says: 502, 503 and 504 say themselves that nobody is there; 500 is one page's mistake. */
export function healthOfStatus(status: number): Health {
  return status === 502 || status === 503 || status === 504 ? 'bad' : 'good'
}
