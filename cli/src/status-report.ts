import type { ArmStats, HoldStatus, RecordingStatus, RouteStatus, ShadowProof } from '@banyan/edge-proxy/admin-api'
import { Fault, messageOf } from '@banyan/toolkit/base'
import type { RouteTally } from '@banyan/toolkit/compare'
import type { CutoverIntent, OwnerRows } from '@banyan/toolkit/data-sync'
import { quantileMs } from '@banyan/toolkit/plan'
import type { DataReport } from './data-report.ts'
import type { EdgeClient } from './edge-client.ts'
import { armsOf, type Counts, type EdgeReading, holdOf, lagOf, readEdges } from './edge-readings.ts'
import { warningsOf } from './edge-warnings.ts'
import { readingsByRoute } from './readings-by-route.ts'
import { fallbacksOf, type UpstreamReport, upstreamsOf } from './upstream-report.ts'

/** One arm of a route, summed over all edges. Latencies are undefined without requests. */
export interface ArmReport {
  readonly arm: string
  readonly requests: number
  readonly errors: number
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
  /** The same of the last 60 to 65 seconds. */
  readonly lastMinute: {
    readonly perSecond: number
    readonly requests: number
    readonly errors: number
    readonly p50Ms: number | undefined
    readonly p99Ms: number | undefined
  }
}

/** One route, summed over all edges. `compared` is undefined for a route that was never shadowed. */
export interface RouteReport {
  readonly route: string
  readonly capability: string | undefined
  readonly serve: string
  readonly shadow: string
  /** Whether the shadow reaches its arm and the tally, at the edge that knows least; undefined: not shadowed. */
  readonly proof: ShadowProof | undefined
  readonly arms: readonly ArmReport[]
  /** Requests that legacy answered because the service failed; undefined where that does not happen. */
  readonly fallbacks: number | undefined
  readonly compared:
    | {
        readonly samples: number
        readonly mismatched: number
        readonly noise: number
        readonly transient: number
        readonly notComparable: number
        readonly shed: number
      }
    | undefined
}

/** One capability; the largest lag of all edges, undefined when one does not know it. */
export interface CapabilityReport {
  readonly capability: string
  /** As the edges' route table says. */
  readonly owner: string
  readonly lagMs: number | undefined
  /** The hold that is on at any edge, summed over them; undefined: none. */
  readonly hold: HoldStatus | undefined
  /** As the databases say; undefined where they are not known here. */
  readonly owners: OwnerRows | undefined
  /** The cutover that is under way. */
  readonly cutover: CutoverIntent | undefined
}

/** What `banyan status --json` prints. */
export interface StatusReport {
  readonly formatVersion: 1
  readonly file: string
  readonly revision: string
  readonly edges: readonly { readonly url: string; readonly revision: string; readonly since: string }[]
  readonly routes: readonly RouteReport[]
  readonly capabilities: readonly CapabilityReport[]
  /** Of each edge, for each finds out for itself. */
  readonly upstreams: readonly UpstreamReport[]
  /** The standing recording of each edge that has one. */
  readonly recordings: readonly (RecordingStatus & { readonly url: string })[]
  readonly warnings: readonly string[]
}

/** What a status is made of beside the edges' answers. */
export interface StatusSources {
  readonly file: string
  readonly revision: string
  readonly data: readonly DataReport[]
}

/** Asks every edge. Throws when none answers; one of several that does not is a warning. */
export async function readStatus(
  edges: readonly EdgeClient[],
  { data, ...file }: StatusSources,
): Promise<StatusReport> {
  const { readings, failures } = await readEdges(edges)
  const [first] = readings
  if (first === undefined) throw failures[0] ?? new Fault('edges-unnamed', 'no edge to ask')
  const ofRoute = readingsByRoute(readings)
  const dataOf = (name: string) => data.find(({ capability }) => capability === name)
  return {
    formatVersion: 1,
    ...file,
    edges: readings.map(({ url, status }) => ({ url, revision: status.revision, since: status.startedAt })),
    routes: first.status.routes.map((route) => routeReport(route, ofRoute(route.route))),
    capabilities: first.status.capabilities.map(({ capability, owner }) => ({
      capability,
      owner,
      lagMs: lagOf(capability, readings),
      hold: holdOf(capability, readings),
      owners: dataOf(capability)?.owners,
      cutover: dataOf(capability)?.cutover,
    })),
    upstreams: upstreamsOf(readings),
    recordings: readings.flatMap(({ url, status: { recording } }) =>
      recording === undefined ? [] : [{ url, ...recording }],
    ),
    warnings: [
      ...failures.map(messageOf),
      ...data.flatMap(({ warnings }) => warnings),
      ...readings.flatMap((reading) => warningsOf(reading, file.revision)),
    ],
  }
}

function routeReport(
  { route, capability, serve, shadowPercent }: RouteStatus,
  readings: readonly EdgeReading[],
): RouteReport {
  const tallies = readings.flatMap(({ tally }) => tally.routes.filter((each) => each.route === route))
  return {
    route,
    capability,
    serve,
    shadow: `${shadowPercent}%`,
    proof: proofOf(route, readings),
    fallbacks: fallbacksOf(route, readings),
    arms: armsOf(route, readings).map(armReport),
    compared: tallies.length === 0 ? undefined : comparedOf(tallies),
  }
}

const leastKnownFirst: readonly ShadowProof['state'][] = ['failed', 'unknown', 'proven']

function proofOf(route: string, readings: readonly EdgeReading[]): ShadowProof | undefined {
  const proofs = readings.flatMap(({ status }) => status.shadows.filter((each) => each.route === route))
  return leastKnownFirst.flatMap((state) => proofs.find((proof) => proof.state === state) ?? [])[0]
}

function armReport(stats: ArmStats): ArmReport {
  const { seconds, ...recent } = stats.lastMinute
  const perSecond = seconds > 0 ? Number((recent.requests / seconds).toPrecision(3)) : 0
  return { arm: stats.arm, ...countsReport(stats), lastMinute: { perSecond, ...countsReport(recent) } }
}

function countsReport(counts: Counts) {
  const { requests, errors } = counts
  return { requests, errors, p50Ms: finite(quantileMs(counts, 0.5)), p99Ms: finite(quantileMs(counts, 0.99)) }
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? Number(value.toFixed(2)) : undefined
}

function comparedOf(tallies: readonly RouteTally[]): NonNullable<RouteReport['compared']> {
  const sum = (count: (tally: RouteTally) => number) => tallies.reduce((total, tally) => total + count(tally), 0)
  return {
    samples: sum(({ compared }) => compared),
    mismatched: sum(({ mismatched }) => mismatched),
    noise: sum(({ noise }) => noise),
    transient: sum(({ transient }) => transient),
    notComparable: sum(({ notComparable }) => Object.values(notComparable).reduce((all, count) => all + count, 0)),
    shed: sum(({ shed }) => shed),
  }
}
