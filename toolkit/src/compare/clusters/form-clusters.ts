import type { Difference } from '../difference.ts'
import { type Counted, countedOf, partsOfRest, seenOf, total } from './rest-parts.ts'
import { patternOfRest } from './rest-pattern.ts'
import type { SeenPairs } from './seen-pairs.ts'
import type { Signature } from './signatures.ts'
import { staleClusters } from './stale-clusters.ts'

/** Differences of one route, kind and path that have one pattern. */
export interface FormedCluster {
  readonly route: string
  readonly kind: Difference['kind']
  readonly path: string
  /** `none` where nothing is in common. */
  readonly pattern: string
  /** Ids of the signatures that belong to it, those that only two answers of legacy show too. */
  readonly signatures: readonly number[]
  /** Of all differences in it. */
  readonly seen: SeenPairs
  /** Of a cluster over several fields: their paths, most differences first. */
  readonly fields?: readonly string[]
}

/** A pattern that fits so few of a field's differences fits by chance. */
const leastShare = 0.05
const leastDifferences = 3
/** A more telling pattern that explains so much of a general one is the cause; the others are strays. */
const dominantShare = 0.75

/**
 * Parts the differences of each field into as few patterns as explain them: the one that explains most first, of equals
 * the more telling one; stale reads of a route are one cluster over all their fields. What is left are one or two clusters, with a pattern that only all of each together show.
 */
export function formClusters(
  signatures: readonly Signature[],
  isNoisy: (field: Signature) => boolean,
): readonly FormedCluster[] {
  const stale = staleClusters(signatures, isNoisy)
  const taken = new Set(stale.flatMap((cluster) => cluster.signatures))
  return [...stale, ...fieldClusters(signatures.filter(({ id }) => !taken.has(id)))]
}

function fieldClusters(signatures: readonly Signature[]): readonly FormedCluster[] {
  const fields = new Map<string, Signature[]>()
  for (const signature of signatures) {
    const key = `${signature.route}\n${signature.kind} ${signature.path}`
    fields.set(key, [...(fields.get(key) ?? []), signature])
  }
  return [...fields.values()].flatMap(clustersOf)
}

function clustersOf(field: readonly Signature[]): readonly FormedCluster[] {
  let left = countedOf(field)
  const all = total(left)
  const formed: FormedCluster[] = []
  for (let pattern = bestPattern(left, all); pattern !== undefined; pattern = bestPattern(left, all)) {
    const chosen = pattern
    formed.push(
      clusterOf(
        chosen,
        left.filter((counted) => fits(counted, chosen)),
      ),
    )
    left = left.filter((counted) => !fits(counted, chosen))
  }
  for (const part of partsOfRest(left)) formed.push(clusterOf(undefined, part))
  return withLegacysOwn(formed, field)
}

function fits({ signature }: Counted, pattern: string): boolean {
  return signature.patterns.includes(pattern)
}

/** Undefined when what is left has none, or only such as fit by chance. */
function bestPattern(left: readonly Counted[], all: number): string | undefined {
  const counts = new Map<string, { differences: number; rank: number }>()
  for (const { signature, seen } of left) {
    for (const [rank, pattern] of signature.patterns.entries()) {
      const known = counts.get(pattern) ?? { differences: 0, rank }
      counts.set(pattern, { differences: known.differences + seen.differences, rank: Math.min(known.rank, rank) })
    }
  }
  const [best] = [...counts].sort(([, a], [, b]) => b.differences - a.differences || a.rank - b.rank)
  if (best === undefined) return undefined
  const [pattern, { differences }] = best
  const byChance = differences < leastDifferences && differences < leastShare * all
  return byChance
    ? undefined
    : dominantOf(
        pattern,
        left.filter((counted) => fits(counted, pattern)),
      )
}

/**
 * An empty value for null is also a value for null: a few other values must not hide that almost all are empty. Where the
 * others have a more telling pattern too (hours+1 and hours+2 of a zone), the general one is the cause of them all.
 */
function dominantOf(general: string, members: readonly Counted[]): string {
  const counts = new Map<string, number>()
  for (const { signature, seen } of members) {
    const telling = signature.patterns.slice(0, signature.patterns.indexOf(general))
    for (const pattern of telling) counts.set(pattern, (counts.get(pattern) ?? 0) + seen.differences)
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a)
  if (best === undefined || best[1] < dominantShare * total(members)) return general
  const strays = members.filter((counted) => !fits(counted, best[0]))
  return strays.every(({ signature }) => signature.patterns[0] === general) ? best[0] : general
}

function clusterOf(pattern: string | undefined, members: readonly Counted[]): FormedCluster {
  const seen = seenOf(members)
  const [first] = members
  if (first === undefined) throw new RangeError('a cluster has at least one difference')
  const { route, kind, path } = first.signature
  const signatures = members.map(({ signature }) => signature.id)
  return { route, kind, path, pattern: pattern ?? patternOfRest(kind, seen), signatures, seen }
}

/** What only two answers of legacy show belongs where it would have been put, so that both are counted alike. */
function withLegacysOwn(formed: readonly FormedCluster[], field: readonly Signature[]): readonly FormedCluster[] {
  const placed = new Set(formed.flatMap(({ signatures }) => signatures))
  const homeless = field.filter(({ id }) => !placed.has(id))
  const homeOf = (signature: Signature) =>
    formed.find(({ pattern }) => signature.patterns.includes(pattern)) ?? formed.find(({ pattern }) => isRest(pattern))
  return formed.map((cluster) => {
    const joining = homeless.filter((signature) => homeOf(signature) === cluster).map(({ id }) => id)
    return joining.length === 0 ? cluster : { ...cluster, signatures: [...cluster.signatures, ...joining] }
  })
}

function isRest(pattern: string): boolean {
  return /^(none|stale|enum|constant|added|multiplied)/.test(pattern)
}
