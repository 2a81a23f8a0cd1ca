import type { Clock } from '@banyan/toolkit/base'

/** The clock of both arms: it stands still in winter, so that new instants are equal. */
export const stillClock: Clock = {
  now: () => Date.parse('2025-12-03T14:05:00Z'),
  monotonic: () => 0,
  sleep: async () => undefined,
}
