import type { FaultKind } from '../sender.ts'

/** What an exchange is at: in line, until its connection stands, until the head of its answer, until its end. */
export type Stage = 'waiting' | 'connecting' | 'sending' | 'answering' | 'over'

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
