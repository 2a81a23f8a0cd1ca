import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { FeedPosition } from '../ports/feed.ts'
import type { SyncJob } from '../sync-job.ts'
import { compareAll } from './compare-all.ts'
import { loadBothSides } from './compare-keys.ts'
import type { Drifted, DriftKind, VerifyReport } from './report.ts'
import { buildSuspects, type Suspects } from './suspects.ts'

/** How a verification runs. */
export interface VerifyOptions {
  readonly signal?: AbortSignal
  /** Only these aggregates, by their keys in the source; the report is not kept then. Default: all. */
  readonly keys?: readonly AggregateKey[]
  /** How many samples it gives. Default 100. */
  readonly samples?: number
  /** How long it waits, without progress, for follow to pass what differed at first sight. Default 10 000. */
  readonly patienceMs?: number
  /** Called after each chunk with the aggregates compared so far. */
  readonly onProgress?: (aggregates: number) => void
}

/** A report with every key that drifted, the first 100 000 of them. */
export interface Verified {
  readonly report: VerifyReport
  readonly drifted: readonly Drifted[]
}

const mostWaiting = 5000
const mostDrifted = 100_000
const pauseMs = 20

/**
 * Proves both sides equal through the translator, while writes go on: every aggregate is compared once, what differs is looked at again after follow
 * has passed it, and counts only when nothing of it is on its way by then.
 */
export async function verify(job: SyncJob, options: VerifyOptions): Promise<Verified> {
  const start = { at: job.clock.now(), monotonic: job.clock.monotonic() }
  const suspects = buildSuspects(job)
  const drifted = new Map<string, Drifted>()
  const aggregates = await compareOnce(job, { options, suspects, drifted })
  const settled = await settle(job, { options, suspects, drifted })
  const quarantined = await nameQuarantined(job, drifted, options)
  const complete = aggregates.complete && settled
  const drift = countOf(drifted, quarantined)
  const total = Object.values(drift).reduce((sum, count) => sum + count, 0)
  const why = complete ? undefined : whyNot(job, options, suspects.size)
  return {
    drifted: [...drifted.values()],
    report: {
      capability: job.capability,
      direction: job.direction.to === 'service' ? 'to service' : 'to legacy',
      equal: aggregates.count + total === 0 ? undefined : complete ? total === 0 : undefined,
      aggregates: aggregates.count,
      position: (await job.target.readJob()).position,
      drift,
      samples: [...drifted.values()].slice(0, options.samples ?? 100),
      rechecked: suspects.rechecked,
      complete,
      ...(why === undefined ? {} : { why }),
      startedAt: new Date(start.at).toISOString(),
      tookMs: Math.round(job.clock.monotonic() - start.monotonic),
    },
  }
}

interface Work {
  readonly options: VerifyOptions
  readonly suspects: Suspects
  readonly drifted: Map<string, Drifted>
}

async function compareOnce(job: SyncJob, work: Work): Promise<{ readonly count: number; readonly complete: boolean }> {
  const { options, suspects } = work
  if (options.keys !== undefined) {
    suspects.add(options.keys)
    // Law 7: a key that neither side has says nothing.
    const both = await loadBothSides(job, options.keys)
    return {
      count: both.filter(({ source, held }) => source !== undefined || held !== undefined).length,
      complete: true,
    }
  }
  let count = 0
  for await (const chunk of compareAll(job)) {
    count += chunk.aggregates
    suspects.add(chunk.differing)
    options.onProgress?.(count)
    if (options.signal?.aborted === true) return { count, complete: false }
    if (suspects.size > mostWaiting && !(await settle(job, work))) return { count, complete: false }
  }
  return { count, complete: true }
}

/** Looks again at every suspect until none is left; false when the signal or the patience ends it first. */
async function settle(job: SyncJob, { options, suspects, drifted }: Work): Promise<boolean> {
  const { signal, patienceMs = 10_000 } = options
  let progressAt = job.clock.monotonic()
  let behindAt: FeedPosition | undefined
  while (suspects.size > 0) {
    if (signal?.aborted === true || job.clock.monotonic() - progressAt > patienceMs) return false
    const before = suspects.size
    const found = await suspects.recheck()
    for (const drift of found.confirmed) if (drifted.size < mostDrifted) drifted.set(keyName(drift.key), drift)
    // A worker that catches up is worth waiting for.
    if (suspects.size < before || found.behindAt !== behindAt) progressAt = job.clock.monotonic()
    else await job.clock.sleep(pauseMs, signal).catch(() => undefined)
    behindAt = found.behindAt
  }
  return true
}

/** Drift that is known with its reason is called quarantined; and whatever is set aside is drift, even where both sides look alike. */
async function nameQuarantined(
  { target }: SyncJob,
  drifted: Map<string, Drifted>,
  { keys }: VerifyOptions,
): Promise<number> {
  const asked = keys && new Set(keys.map(keyName))
  let others = await target.countQuarantined()
  if (others === 0) return 0
  for (const { key, kind, reason } of await target.quarantined(mostDrifted)) {
    const name = keyName(key)
    if (asked?.has(name) === false) {
      others--
      continue
    }
    const known = drifted.get(name)
    if (known === undefined && drifted.size >= mostDrifted) continue
    drifted.set(name, { key, kind: 'quarantined', path: known?.path ?? '', detail: `${kind}: ${reason}` })
    others--
  }
  return others
}

function countOf(drifted: ReadonlyMap<string, Drifted>, otherQuarantined: number): VerifyReport['drift'] {
  const drift: Record<DriftKind, number> = { missing: 0, extra: 0, different: 0, untranslatable: 0, quarantined: 0 }
  for (const { kind } of drifted.values()) drift[kind]++
  drift.quarantined += otherQuarantined
  return drift
}

function whyNot(job: SyncJob, { signal }: VerifyOptions, waiting: number): string {
  if (signal?.aborted === true) return 'it was ended before it had seen everything'
  return `${waiting} aggregates differ and the sync of ${job.capability} has not passed their changes: is a worker at work?`
}
