import type { EdgeStatus, LimitsStatus, RouteStatus, ShadowProof } from '../../admin/admin-api.ts'
import { addShed } from '../../shadow/shed-counts.ts'
import { mergeRoutes } from './merge-arms.ts'
import { mergeCapabilities } from './merge-capabilities.ts'
import { mergeUpstreams } from './merge-upstreams.ts'

/** What of the status is the primary's to tell. */
export type OwnStatus = Pick<
  EdgeStatus,
  'startedAt' | 'now' | 'listen' | 'draining' | 'refused' | 'workers' | 'recording' | 'logLinesLost'
>

/** Every key: one that the status has and this does not merge does not compile. */
type Whole = { readonly [Key in keyof Required<EdgeStatus>]: EdgeStatus[Key] }

/**
 * The status of an edge from those of its workers, at least one; `departed` are the counts of workers that are gone.
 * Routes and capabilities are those of the first: all have the same route table but while a change is under way.
 */
export function mergeStatuses(
  statuses: readonly [EdgeStatus, ...EdgeStatus[]],
  departed: readonly (readonly RouteStatus[])[],
  own: OwnStatus,
): Whole {
  const [first] = statuses
  const total = (count: (shadow: EdgeStatus['shadow']) => number) =>
    statuses.reduce((sum, { shadow }) => sum + count(shadow), 0)
  return {
    formatVersion: 1,
    file: first.file,
    revision: first.revision,
    startedAt: own.startedAt,
    now: own.now,
    listen: own.listen,
    draining: own.draining,
    workers: own.workers,
    recording: own.recording,
    logLinesLost: statuses.reduce((sum, { logLinesLost = 0 }) => sum + logLinesLost, own.logLinesLost ?? 0),
    refused: [...new Set([...own.refused, ...statuses.flatMap(({ refused }) => refused)])],
    routes: mergeRoutes([...statuses.map(({ routes }) => routes), ...departed]),
    capabilities: mergeCapabilities(statuses.map(({ capabilities }) => capabilities)),
    shadow: {
      queued: total(({ queued }) => queued),
      running: total(({ running }) => running),
      shed: total(({ shed }) => shed),
      shedBy: addShed(statuses.flatMap(({ shadow }) => shadow.shedBy ?? [])),
    },
    shadows: mergeProofs(statuses.map(({ shadows }) => shadows)),
    limits: mergeLimits(statuses.flatMap(({ limits }) => limits ?? [])),
    upstreams: mergeUpstreams(statuses.map(({ upstreams }) => upstreams)),
  }
}

const proofOrder = ['failed', 'proven', 'unknown'] as const

/**
 * One proof for each route: a worker whose shadow fails is the news; where none fails, what one has proven holds for all, for they
 * have the same code and the same route table.
 */
export function mergeProofs(readings: readonly (readonly ShadowProof[])[]): readonly ShadowProof[] {
  const proofs = new Map<string, ShadowProof>()
  for (const proof of readings.flat()) {
    const known = proofs.get(proof.route)
    const isStronger = known === undefined || proofOrder.indexOf(proof.state) < proofOrder.indexOf(known.state)
    if (isStronger) proofs.set(proof.route, proof)
  }
  return [...proofs.values()]
}

const pressureOrder = ['overloaded', 'strained', 'calm'] as const

/** Counts and their bounds are those of all; of what each process has for itself the worst is shown. */
function mergeLimits(limits: readonly LimitsStatus[]): LimitsStatus | undefined {
  const [worst] = limits.toSorted((a, b) => pressureOrder.indexOf(a.pressure) - pressureOrder.indexOf(b.pressure))
  if (worst === undefined) return undefined
  const total = (count: (each: LimitsStatus) => number) => limits.reduce((sum, each) => sum + count(each), 0)
  const highest = (count: (each: LimitsStatus) => number) => Math.max(...limits.map(count))
  return {
    ...worst,
    connections: total(({ connections }) => connections),
    maxConnections: total(({ maxConnections }) => maxConnections),
    inFlight: total(({ inFlight }) => inFlight),
    maxInFlight: total(({ maxInFlight }) => maxInFlight),
    memoryBytes: total(({ memoryBytes }) => memoryBytes),
    maxMemoryBytes: total(({ maxMemoryBytes }) => maxMemoryBytes),
    lagMs: highest(({ lagMs }) => lagMs),
    rateKeys: highest(({ rateKeys }) => rateKeys),
    shedPercent: highest(({ shedPercent }) => shedPercent),
  }
}
