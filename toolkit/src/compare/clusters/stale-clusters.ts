import type { FormedCluster } from './form-clusters.ts'
import { type Counted, countedOf, seenOf, total } from './rest-parts.ts'
import type { Signature } from './signatures.ts'

/** One cluster for each route with stale reads. Where legacy turned out to be noisy in all their fields, they are none. */
export function staleClusters(
  signatures: readonly Signature[],
  isNoisy: (field: Signature) => boolean,
): readonly FormedCluster[] {
  const routes = new Map<string, Counted[]>()
  for (const counted of countedOf(signatures.filter(({ isStale }) => isStale))) {
    const { route } = counted.signature
    routes.set(route, [...(routes.get(route) ?? []), counted])
  }
  return [...routes.values()].flatMap((counted) => {
    return counted.every(({ signature }) => isNoisy(signature)) ? [] : [clusterOf(counted)]
  })
}

function clusterOf(counted: readonly Counted[]): FormedCluster {
  const fields = new Map<string, Counted[]>()
  for (const one of counted) fields.set(one.signature.path, [...(fields.get(one.signature.path) ?? []), one])
  const ordered = [...fields].sort(([, a], [, b]) => total(b) - total(a))
  const [first, ...others] = counted
  if (first === undefined) throw new RangeError('a cluster has at least one difference')
  const { route, kind, path } = first.signature
  return {
    route,
    kind: others.every(({ signature }) => signature.kind === kind) ? kind : 'value',
    path: ordered.length === 1 ? path : '$',
    pattern: 'stale-read',
    signatures: counted.map(({ signature: { id } }) => id),
    seen: seenOf(counted),
    fields: ordered.map(([field]) => field),
  }
}
