import { type Capability, formatServe, type Route, type RouteTable } from '@banyan/toolkit/routing'
import type { Holds } from '../hold/holds.ts'
import type { AppliedReports } from '../passage/applied-reports.ts'
import type { EdgeLog } from '../settle/access-log.ts'
import type { Stats } from '../settle/stats.ts'
import type { UpstreamErrors } from '../settle/upstream-errors.ts'
import type { Upstreams } from '../upstream/policy/upstreams.ts'
import type { ArmStats, CapabilityStatus, EdgeStatus, RouteStatus } from './admin-api.ts'
import type { StatusInParts } from './status-text.ts'

/** What of a running edge `GET /status` tells per route, capability and upstream. */
export interface StatusSources {
  readonly stats: Stats
  readonly log: Pick<EdgeLog, 'lost'>
  readonly applied: AppliedReports
  readonly upstreamErrors: UpstreamErrors
  readonly upstreams: Pick<Upstreams, 'status' | 'fallbacks'>
  readonly holds: Pick<Holds, 'status'>
  /** Where the file names another owner than the live one. */
  readonly disagreements: ReadonlyMap<string, string>
}

/** What of a status follows from the live route table and the edge's counts. */
export interface CountedStatus extends Pick<StatusInParts, 'routes'> {
  readonly about: Pick<EdgeStatus, 'revision' | 'capabilities' | 'upstreams' | 'logLinesLost'>
}

/** The parts of the status that follow from the live route table and the edge's counts. */
export function statusOf(table: RouteTable, sources: StatusSources): CountedStatus {
  const live = new Map(sources.upstreams.status().map(({ upstream, ...policies }) => [upstream, policies]))
  return {
    about: {
      revision: table.revision,
      logLinesLost: sources.log.lost(),
      capabilities: [...table.capabilities.values()].map((capability) => capabilityStatus(capability, sources)),
      upstreams: [...table.upstreams.values()].map(({ name, urls }) => ({
        upstream: name,
        url: urls.map((url) => url.origin).join(', '),
        lastError: sources.upstreamErrors.lastOf(name),
        policies: live.get(name),
      })),
    },
    routes: routeStatuses(table, sources),
  }
}

function* routeStatuses({ routes }: RouteTable, { stats, upstreams }: StatusSources): Iterable<RouteStatus> {
  const fallbacks = upstreams.fallbacks()
  for (const route of routes) {
    yield {
      ...routeStatus(route, stats.armsOf(route.name)),
      fallbacks: fallbacks.get(route.name) ?? (route.policy.fallback === undefined ? undefined : 0),
    }
  }
}

function routeStatus({ name, target }: Route, arms: readonly ArmStats[]): RouteStatus {
  if (target.kind === 'upstream') {
    return { route: name, capability: undefined, serve: `-> ${target.upstream.name}`, shadowPercent: 0, arms }
  }
  const { capability, serve, shadowPercent } = target
  return { route: name, capability: capability.name, serve: formatServe(serve), shadowPercent, arms }
}

function capabilityStatus(
  { name, owner }: Capability,
  { applied, holds, disagreements }: StatusSources,
): CapabilityStatus {
  const through = applied.through(name)
  const disagrees = disagreements.get(name)
  return {
    capability: name,
    owner,
    appliedThrough: through === undefined ? undefined : new Date(through).toISOString(),
    hold: holds.status(name),
    ...(disagrees === undefined ? {} : { disagrees }),
  }
}
