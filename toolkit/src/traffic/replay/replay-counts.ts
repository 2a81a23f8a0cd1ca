import type { Clock } from '../../base/index.ts'
import type { ByArm, Replayed, ReplayProgress } from './replayed.ts'

/** What a replay did with the exchanges that it read; in memory bounded by the number of reasons. */
export interface ReplayCounts {
  read(): void
  skip(why: string): void
  sent(replayed: Replayed): void
  progress(): Omit<ReplayProgress, 'mismatched'>
  skipped(): Readonly<Record<string, number>>
  /** The newest reason why an arm gave no answer. */
  lastFailure(): ByArm<string>
  tookMs(): number
}

/** Starts counting, and the clock. */
export function buildReplayCounts(clock: Clock): ReplayCounts {
  const startedAt = clock.monotonic()
  const skipped = new Map<string, number>()
  const lastFailure: { legacy?: string; service?: string } = {}
  let exchanges = 0
  let sent = 0
  return {
    read: () => {
      exchanges += 1
    },
    skip: (why) => {
      skipped.set(why, (skipped.get(why) ?? 0) + 1)
    },
    sent({ answers }) {
      sent += 1
      for (const arm of ['legacy', 'service'] as const) {
        const answer = answers[arm]
        if (answer?.ok === false) lastFailure[arm] = answer.why
      }
    },
    progress: () => ({ exchanges, sent }),
    skipped: () => Object.fromEntries(skipped),
    lastFailure: () => ({ ...lastFailure }),
    tookMs: () => clock.monotonic() - startedAt,
  }
}
