import type { ConnectionLimits, FaultKind, Timeouts } from '../sender.ts'

/** What an exchange is at: in line, until its connection stands, until the head of its answer, until its end. */
export type Stage = 'waiting' | 'connecting' | 'sending' | 'answering' | 'over'

/** How long a stage may last without moving, in ms. */
export function boundMsOf(stage: Stage, timeouts: Timeouts, limits: ConnectionLimits): number {
  switch (stage) {
    case 'waiting':
      return limits.maxWaitMs
    case 'connecting':
      return timeouts.connectMs
    case 'sending':
      return timeouts.headerMs
    default:
      return timeouts.idleMs
  }
}

/** What it is called when a stage lasts too long, and why it did. */
export function whyLate(stage: Stage, waitsForClient: boolean): readonly [FaultKind, string] {
  switch (stage) {
    case 'waiting':
      return ['upstream-busy', 'no connection became free in time']
    case 'connecting':
      return ['upstream-connect-timeout', 'no connection in time']
    case 'sending':
      if (waitsForClient) return ['client-slow', 'the client stopped sending its body']
      return ['upstream-timeout', 'no answer in time']
    default:
      return ['upstream-timeout', 'the answer stopped before it was whole']
  }
}
