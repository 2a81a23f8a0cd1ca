import type { CompareRule, RuleHow } from '../rules/rule.ts'
import type { FormedCluster } from './form-clusters.ts'

const mostInstantMs = 60_000
const manyIds = 5

type Candidate = Pick<FormedCluster, 'kind' | 'path' | 'pattern' | 'seen'>

/**
 * The narrowest rule that may remove a cluster: one that accepts only what was seen before one that accepts anything.
 * Undefined for a status, which no rule should hide.
 */
export function ruleFor(cluster: Candidate): CompareRule | undefined {
  const how = howFor(cluster)
  return how === undefined ? undefined : { path: cluster.path, reason: 'why both are right', ...how }
}

function howFor(cluster: Candidate): RuleHow | undefined {
  const { kind, pattern, seen } = cluster
  if (kind === 'status') return undefined
  if (kind === 'order') return { set: true }
  if (kind === 'header' || kind === 'missing' || kind === 'extra') return { ignore: true }
  if (/^(rounded|truncated|last-digit)/.test(pattern)) return toleranceOf(seen.added)
  if (pattern === 'other-notation' || pattern === 'fraction-cut') return instantOf(cluster) ?? { ignore: true }
  if (pattern === 'none') return instantOf(cluster) ?? (looksLikeIds(cluster) ? { id: true } : { ignore: true })
  return { ignore: true }
}

function toleranceOf(added: Candidate['seen']['added']): RuleHow {
  if (added === undefined) return { ignore: true }
  const most = Math.max(Math.abs(added.least), Math.abs(added.most))
  const unit = 10 ** Math.floor(Math.log10(most))
  return { tolerance: Number((Math.ceil(Number((most / unit).toPrecision(9))) * unit).toPrecision(6)) }
}

/** From the two samples: trying it on all tells whether it was enough. */
function instantOf({ seen }: Candidate): RuleHow | undefined {
  const apart = [seen.first, seen.last].map(({ sample }) => apartMs(sample.legacy, sample.service))
  const most = apart.reduce<number | undefined>(
    (max, ms) => (max === undefined || ms === undefined ? undefined : Math.max(max, ms)),
    0,
  )
  if (most === undefined || most > mostInstantMs) return undefined
  return { instantMs: [1000, 5000, mostInstantMs].find((ms) => ms >= 2 * most) ?? mostInstantMs }
}

function apartMs(legacy: unknown, service: unknown): number | undefined {
  if (typeof legacy !== 'string' || typeof service !== 'string' || !/^\d{4}-\d\d-\d\d[T ]/.test(legacy))
    return undefined
  const apart = Math.abs(Date.parse(service) - Date.parse(legacy))
  return Number.isNaN(apart) ? undefined : apart
}

/** New for each thing, on both arms, and of the form of an id. */
function looksLikeIds({ seen }: Candidate): boolean {
  const { legacy, service } = seen.last.sample
  const one = (value: unknown) =>
    Number.isInteger(value) || (typeof value === 'string' && /^[\w-]{4,64}$/.test(value) && /\d/.test(value))
  return seen.distinct.legacy >= manyIds && seen.distinct.service >= manyIds && one(legacy) && one(service)
}
