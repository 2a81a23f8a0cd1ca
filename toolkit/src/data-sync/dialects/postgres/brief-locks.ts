import { type Clock, systemClock } from '../../../base/index.ts'
import type { LockBounds } from '../../ports/owner.ts'
import type { PostgresConnection } from './connection.ts'
import { busyFault, isHeld } from './fault.ts'
import type { PostgresSession } from './session.ts'

/** The longest that a try waits for a lock: whoever wants it after us waits behind us that long. */
export const tryMs = 100
const longestPauseMs = 200

/**
 * Runs `work` in a transaction that waits for each lock 100 ms at most, again and again within the bound, with pauses in which the
 * others get on. Undefined when a lock was not to be had for the whole bound: nothing was written.
 */
export async function withBriefLocks<Result>(
  connection: PostgresConnection,
  withinMs: number,
  work: (session: PostgresSession) => Promise<Result>,
  clock: Clock = systemClock,
): Promise<{ readonly result: Result } | undefined> {
  const deadline = clock.monotonic() + withinMs
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return { result: await connection.write(work, `SET LOCAL lock_timeout = '${tryMs}ms'`) }
    } catch (thrown) {
      if (!isHeld(thrown instanceof Error ? (thrown.cause ?? thrown) : thrown)) throw thrown
    }
    if (clock.monotonic() + pauseMs >= deadline) return undefined
    await clock.sleep(pauseMs)
  }
}

const installMs = 30_000

/** Like `withBriefLocks`, for what an operator asks for. Throws `sync-database-busy` after the bound, by default half a minute. */
export async function changeSchema<Result>(
  connection: PostgresConnection,
  what: string,
  work: (session: PostgresSession) => Promise<Result>,
  { withinMs }: LockBounds = { withinMs: installMs },
): Promise<Result> {
  const done = await withBriefLocks(connection, withinMs, work)
  if (done !== undefined) return done.result
  throw busyFault(
    `${connection.label}: ${what} needs a lock, or the feed's slot, that somebody else has held for ${withinMs / 1000} s; nothing was changed`,
  )
}
