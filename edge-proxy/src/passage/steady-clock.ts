import type { Clock } from '@banyan/toolkit/base'

/**
 * A clock whose `now` begins at the machine's time and never jumps: what a sync worker reports is compared with the
 * times of writes, and a machine's clock that is set back would let callers go before their write has been followed.
 */
export function steadyClock(clock: Clock): Clock {
  const began = clock.now() - clock.monotonic()
  return { ...clock, now: () => Math.floor(began + clock.monotonic()) }
}
