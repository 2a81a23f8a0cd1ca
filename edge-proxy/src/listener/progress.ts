import type { EdgeLimits } from '@banyan/toolkit/routing'

/** What a client is waited for, and how far it was when that was last looked at afresh. */
export interface Watched {
  readonly sinceMs: number
  /** Bytes that it had sent or taken by then. */
  readonly from: number
}

/** How far a client is now. */
export interface Progress {
  readonly nowMs: number
  readonly bytes: number
  /** Bytes on their way to it, of which nobody knows how many it has. */
  readonly pending: number
}

/** `waiting` goes on as before; `moving` begins to look afresh. */
export type ProgressVerdict = 'waiting' | 'moving' | 'slow'

/**
 * Judges a client that is waited for: it may stall for `stallMs`, and must then have moved `minBytesPerSecond` on average. What is
 * pending counts for it, so a large part that goes out slowly but steadily is no stall.
 */
export function judgeProgress(
  watched: Watched,
  now: Progress,
  limits: Pick<EdgeLimits, 'stallMs' | 'minBytesPerSecond'>,
): ProgressVerdict {
  const elapsedMs = now.nowMs - watched.sinceMs
  if (elapsedMs < limits.stallMs) return 'waiting'
  const needed = (limits.minBytesPerSecond * elapsedMs) / 1000
  const moved = now.bytes - watched.from
  if (moved >= needed) return 'moving'
  return moved + now.pending < needed ? 'slow' : 'waiting'
}
