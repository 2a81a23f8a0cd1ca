import { formatDurationMs } from '../base/index.ts'
import type { BackfillPhase } from './ports/job.ts'

/** How far follow is behind. */
export interface Lag {
  readonly changes: number
  readonly ms: number
}

/** Where a sync job stands. */
export interface Progress {
  readonly direction: 'to service' | 'to legacy'
  readonly phase: BackfillPhase
  readonly copied: number
  readonly total: number
  /** Aggregates per second of the backfill, averaged over its last seconds; undefined while nothing is known. */
  readonly perSecond: number | undefined
  readonly etaMs: number | undefined
  /** Undefined: not known, which is not the same as none. */
  readonly lag: Lag | undefined
  readonly quarantined: number
  /** What holds the worker up right now. */
  readonly trouble: string | undefined
}

/** One line for people: `copied 61 000/98 640 (61.8 %) · 24 300/s · lag 0.02 s, 0 changes · ETA 2 s`. */
export function formatProgress(progress: Progress): string {
  const parts = [
    backfillText(progress),
    progress.perSecond === undefined ? undefined : `${grouped(Math.round(progress.perSecond))}/s`,
    progress.lag === undefined
      ? 'lag unknown'
      : `lag ${(progress.lag.ms / 1000).toFixed(2)} s, ${counted(progress.lag.changes)}`,
    progress.quarantined === 0 ? undefined : `${grouped(progress.quarantined)} in quarantine`,
    progress.etaMs === undefined ? undefined : `ETA ${etaText(progress.etaMs)}`,
    progress.trouble,
  ]
  return parts.filter((part) => part !== undefined).join(' · ')
}

function backfillText({ direction, phase, copied, total }: Progress): string {
  const count = `${grouped(copied)}/${grouped(total)}`
  const percent = total === 0 ? '' : ` (${((100 * copied) / total).toFixed(1)} %)`
  switch (phase) {
    case 'never':
      return direction === 'to legacy' ? 'following back to legacy' : 'no backfill yet'
    case 'wanted':
      return 'backfill wanted'
    case 'running':
      return `copied ${count}${percent}`
    case 'done':
      return `copied ${count}${percent}, done`
    default: {
      const never: never = phase
      return never
    }
  }
}

function counted(changes: number): string {
  return changes === 1 ? '1 change' : `${grouped(changes)} changes`
}

function etaText(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : formatDurationMs(ms)
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
}
