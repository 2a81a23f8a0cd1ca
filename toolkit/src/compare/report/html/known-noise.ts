import { generalPath } from '../../body/path.ts'
import type { ComparisonReport } from '../report.ts'

/**
 * Tells which differing lines of a sample need no look: where legacy differs from itself, where a rule accepts, and
 * headers that no cluster of the route is about. A path that has a cluster is never among them.
 */
export function knownNoise(route: string, report: ComparisonReport): (path: string) => boolean {
  const clustered = report.clusters.filter((cluster) => cluster.route === route).map(({ path }) => path)
  const own = report.routes.find((one) => one.route === route)?.ownNoise ?? []
  const noisy = [...own, ...report.rules].map(({ path }) => path)
  return (concrete) => {
    const path = generalPath(concrete)
    if (clustered.some((other) => isWithin(path, other) || isWithin(other, path))) return false
    return path.startsWith('header:') || noisy.some((other) => isWithin(path, other))
  }
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || (path.startsWith(outer) && /^[.[]/.test(path.slice(outer.length)))
}
