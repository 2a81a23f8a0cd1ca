import { type Capability, formatServe, type Route, type RouteTable } from '@banyan/toolkit/routing'
import type { Holds } from '../hold/holds.ts'
import type { AppliedReports } from '../passage/applied-reports.ts'
import type { EdgeLog } from '../settle/access-log.ts'
import type { Stats } from '../settle/stats.ts'
import type { UpstreamErrors } from '../settle/upstream-errors.ts'
import type { Upstreams } from '../upstream/policy/upstreams.ts'
import type { ArmStats, CapabilityStatus, EdgeStatus, RouteStatus } from './admin-api.ts'

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

/** The parts of the status that follow from the live route table and the edge's counts. */
export function statusOf(
  table: RouteTable,
  sources: StatusSources,
): Pick<EdgeStatus, 'revision' | 'routes' | 'capabilities' | 'upstreams' | 'logLinesLost'> {
  const arms = sources.stats.arms()
  const live = new Map(sources.upstreams.status().map(({ upstream, ...policies }) => [upstream, policies]))
  const fallbacks = sources.upstreams.fallbacks()
  return {
    revision: table.revision,
    logLinesLost: sources.log.lost(),
    routes: table.routes.map((route) => ({
      ...routeStatus(route, arms.get(route.name) ?? []),
      fallbacks: fallbacks.get(route.name) ?? (route.policy.fallback === undefined ? undefined : 0),
    })),
    capabilities: [...table.capabilities.values()].map((capability) => capabilityStatus(capability, sources)),
    upstreams: [...table.upstreams.values()].map(({ name, urls }) => ({
      upstream: name,
      url: urls.map((url) => url.origin).join(', '),
      lastError: sources.upstreamErrors.lastOf(name),
      policies: live.get(name),
    })),
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
