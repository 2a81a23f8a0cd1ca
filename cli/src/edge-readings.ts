import type { ArmStats, EdgeStatus, HoldStatus, TallyReport } from '@banyan/edge-proxy/admin-api'
import { Fault } from '@banyan/toolkit/base'
import type { EdgeClient } from './edge-client.ts'

/** What one edge says of itself. */
export interface EdgeReading {
  readonly url: string
  readonly status: EdgeStatus
  readonly tally: TallyReport
}

/** What each edge answers, and the faults of those that do not. */
export async function readEdges(
  edges: readonly EdgeClient[],
): Promise<{ readonly readings: readonly EdgeReading[]; readonly failures: readonly Fault[] }> {
  const answers = await Promise.allSettled(edges.map(readEdge))
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [faultOf(answer.reason)] : []))
  return { readings: answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])), failures }
}

async function readEdge(edge: EdgeClient): Promise<EdgeReading> {
  const [status, tally] = await Promise.all([edge.status(), edge.tally()])
  return { url: edge.url, status, tally }
}

function faultOf(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  throw thrown
}

/** How far behind follow is, by the edges' clocks: the worst of them, or undefined when one does not know. */
export function lagOf(capability: string, readings: readonly EdgeReading[]): number | undefined {
  const lags = readings.map(({ status }) => {
    const through = status.capabilities.find((each) => each.capability === capability)?.appliedThrough
    return through === undefined || through === null ? Number.NaN : Date.parse(status.now) - Date.parse(through)
  })
  const worst = Math.max(...lags)
  return Number.isFinite(worst) ? Math.max(0, worst) : undefined
}

/** The hold that is on at any edge, summed over them; undefined: none. */
export function holdOf(capability: string, readings: readonly EdgeReading[]): HoldStatus | undefined {
  const holds = readings.flatMap(
    ({ status }) => status.capabilities.find((each) => each.capability === capability)?.hold ?? [],
  )
  return holds.reduce<HoldStatus | undefined>(
    (sum, hold) => (sum === undefined ? hold : bothHolds(sum, hold)),
    undefined,
  )
}

function bothHolds(a: HoldStatus, b: HoldStatus): HoldStatus {
  return {
    epoch: Math.max(a.epoch, b.epoch),
    phase: a.phase === 'fenced' && b.phase === 'fenced' ? 'fenced' : 'draining',
    held: a.held + b.held,
    heldBytes: a.heldBytes + b.heldBytes,
    leftMs: Math.min(a.leftMs, b.leftMs),
  }
}

/** One arm of a route, summed over edges; their buckets are the same. */
export function sumArms(arms: readonly ArmStats[]): ArmStats | undefined {
  return arms.reduce<ArmStats | undefined>((sum, arm) => (sum === undefined ? arm : bothArms(sum, arm)), undefined)
}

function bothArms(a: ArmStats, b: ArmStats): ArmStats {
  // An edge that began a moment ago has seen less of the minute than the others.
  const seconds = Math.max(a.lastMinute.seconds, b.lastMinute.seconds)
  return { arm: a.arm, ...bothCounts(a, b), lastMinute: { seconds, ...bothCounts(a.lastMinute, b.lastMinute) } }
}

/** What is counted of an arm, since its edge started or in the last minute. */
export type Counts = Pick<ArmStats, 'requests' | 'errors' | 'latency'>

function bothCounts(a: Counts, b: Counts): Counts {
  const counts = a.latency.counts.map((count, index) => count + (b.latency.counts[index] ?? 0))
  const latency = { boundsMs: a.latency.boundsMs, counts }
  return { requests: a.requests + b.requests, errors: a.errors + b.errors, latency }
}

/** The arms of a route, each summed over all edges. */
export function armsOf(route: string, readings: readonly EdgeReading[]): readonly ArmStats[] {
  const all = readings.flatMap(({ status }) =>
    status.routes.filter((each) => each.route === route).flatMap(({ arms }) => arms),
  )
  const names = [...new Set(all.map(({ arm }) => arm))]
  return names.flatMap((name) => sumArms(all.filter(({ arm }) => arm === name)) ?? [])
}
