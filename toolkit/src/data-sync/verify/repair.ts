import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { SyncJob } from '../sync-job.ts'
import { loadBothSides } from './compare-keys.ts'
import { fixesOf } from './differences.ts'
import type { Drifted, RepairFix, RepairReport } from './report.ts'
import { verify } from './verify.ts'

/** How a repair runs. */
export interface RepairOptions {
  /** Only shows what it would do. */
  readonly dryRun: boolean
  /** Only these aggregates, by their keys in the source. Default: whatever a verification finds. */
  readonly keys?: readonly AggregateKey[]
  readonly signal?: AbortSignal
}

const mostShown = 100
const mostFields = 50
const requestsAtOnce = 1000

/**
 * Brings the target back to what the source translates to: finds the drift, asks the worker for exactly those aggregates, waits until it has applied them
 * (`apply`), and looks at them again. What the source does not have is removed in the same way.
 */
export async function repair(
  job: SyncJob,
  { dryRun, ...options }: RepairOptions,
  apply: () => Promise<void>,
): Promise<RepairReport> {
  const { drifted, report } = await verify(job, { ...options, samples: mostShown })
  const fixes = await fixesFor(job, drifted.slice(0, mostShown))
  const found = {
    capability: job.capability,
    direction: report.direction,
    dryRun,
    found: drifted.length,
    fixes,
    complete: report.complete,
  }
  if (dryRun || drifted.length === 0) return { ...found, repaired: 0, left: [] }
  const keys = drifted.map(({ key }) => key)
  for (let at = 0; at < keys.length; at += requestsAtOnce) await job.target.request(keys.slice(at, at + requestsAtOnce))
  await apply()
  const again = await verify(job, { keys, samples: mostShown, ...(options.signal && { signal: options.signal }) })
  return {
    ...found,
    repaired: keys.length - again.drifted.length,
    left: again.report.samples,
    complete: report.complete && again.report.complete,
  }
}

async function fixesFor(job: SyncJob, drifted: readonly Drifted[]): Promise<readonly RepairFix[]> {
  const kinds = new Map(drifted.map(({ key, kind }) => [keyName(key), kind]))
  const sides = await loadBothSides(
    job,
    drifted.map(({ key }) => key),
  )
  return sides.map((both) => ({
    key: both.key,
    kind: kinds.get(keyName(both.key)) ?? 'different',
    changes: fixesOf(job.direction, both, mostFields),
  }))
}
