import type { Clock } from '../../base/index.ts'
import type { NotSent } from './judge-not-sent.ts'
import type { ByArm, Replayed, ReplayProgress } from './replayed.ts'

/** What a replay did with the exchanges that it read; in memory bounded by the number of reasons. */
export interface ReplayCounts {
  read(): void
  skip(why: string, route: string): void
  sent(replayed: Replayed): void
  progress(): Omit<ReplayProgress, 'mismatched'>
  skipped(): Readonly<Record<string, number>>
  /** The same by route, of the first 2 000. */
  notSent(): NotSent
  /** The newest reason why an arm gave no answer. */
  lastFailure(): ByArm<string>
  tookMs(): number
}

/** Starts counting, and the clock. */
export function buildReplayCounts(clock: Clock): ReplayCounts {
  const startedAt = clock.monotonic()
  const skipped = new Map<string, number>()
  const byRoute = new Map<string, Map<string, number>>()
  const lastFailure: { legacy?: string; service?: string } = {}
  let exchanges = 0
  let sent = 0
  return {
    read: () => {
      exchanges += 1
    },
    skip: (why, route) => {
      count(skipped, why)
      const ofRoute = byRoute.get(route) ?? new Map<string, number>()
      if (byRoute.size < maxRoutes) byRoute.set(route, ofRoute)
      count(ofRoute, why)
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
    notSent: () => byRoute,
    lastFailure: () => ({ ...lastFailure }),
    tookMs: () => clock.monotonic() - startedAt,
  }
}

const maxRoutes = 2000

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}
