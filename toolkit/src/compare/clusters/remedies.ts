import type { AnswerSample } from '../report/answer-sample.ts'
import type { Remedy } from '../report/report.ts'
import { type CompareRule, formatHow } from '../rules/rule.ts'
import { guessCause } from './causes.ts'
import { breaksOf } from './changes.ts'
import type { FormedCluster } from './form-clusters.ts'
import type { KeptExchanges } from './kept-exchanges.ts'
import { ruleFor } from './rule-candidate.ts'
import { type RuleTrial, type TrialBench, tryRules } from './try-rules.ts'

/** Rules are tried for so many clusters, those of most exchanges first. */
const mostTrials = 100

/** A cluster that wants a remedy. */
export interface Ailing extends FormedCluster {
  readonly capability: string | undefined
}

/** By what remedies are found and tried. */
export interface RemedyBench extends TrialBench {
  readonly kept: KeptExchanges
  readonly sample: AnswerSample
}

/**
 * What would remove each cluster, in their order: a change of the translator where the pattern tells one, else the
 * narrowest rule. Rules are tried on all mismatching exchanges; one that removes nothing is not offered.
 */
export async function remediesFor(
  clusters: readonly Ailing[],
  bench: RemedyBench,
): Promise<readonly (Remedy | undefined)[]> {
  const trials = clusters.slice(0, mostTrials).flatMap((cluster, index): RuleTrial[] => {
    // A rule for a stale read would hide whatever else is wrong in the same fields.
    const rule = cluster.pattern !== 'stale-read' && wantsRule(cluster) ? ruleFor(cluster) : undefined
    const { route, capability } = cluster
    return rule === undefined ? [] : [{ cluster: index, route, capability, rule }]
  })
  const results = await tryRules(trials, bench)
  const byCluster = new Map(trials.map(({ cluster, rule }, index) => [cluster, { rule, ...results[index] }]))
  return clusters.map((cluster, index) => {
    const tried = byCluster.get(index)
    if (tried === undefined) return changeFor(cluster, bench.sample)
    const { rule, removes = 0, hidesOthers = 0 } = tried
    if (removes === 0) return undefined
    const some = bench.kept.leftOut() > 0 ? { triedOnSome: true } : {}
    return { kind: 'rule', text: ruleText(rule), removes, hidesOthers, ...some }
  })
}

/** Where both arms may be right, a rule; where the service does something to a value, a change. */
function wantsRule({ kind, pattern, path, seen }: Ailing): boolean {
  if (kind === 'order' || kind === 'header') return true
  if (/^(none|other-notation|fraction-cut|rounded|truncated|last-digit)/.test(pattern)) return true
  return guessCause({ kind, path, pattern, seen })?.change === undefined
}

function changeFor(cluster: Ailing, sample: AnswerSample): Remedy | undefined {
  const change = guessCause(cluster)?.change
  if (change === undefined) return undefined
  const breaks = breaksOf(cluster, sample.ofRoute(cluster.route))
  const holds = breaks !== undefined && breaks.exchanges > 0
  return {
    kind: 'translator',
    text: holds ? `${change}, but only where it is wrong: many answers hold it rightly` : change,
    removes: cluster.seen.differences,
    hidesOthers: 0,
    ...(breaks === undefined ? {} : { breaks }),
  }
}

/** As it is written in the route table's `compare:` list or the manifest. */
function ruleText(rule: CompareRule): string {
  const path = /^[$\w.*-]+$/.test(rule.path) ? rule.path : JSON.stringify(rule.path)
  return `- { path: ${path}, ${howText(rule)}, reason: ${JSON.stringify(rule.reason)} }`
}

/** With durations as the route table reads them. */
function howText(rule: CompareRule): string {
  if ('instantMs' in rule)
    return `instant: ${rule.instantMs % 1000 === 0 ? `${rule.instantMs / 1000}s` : `${rule.instantMs}ms`}`
  const how = formatHow(rule)
  return how.includes(':') ? how : `${how}: true`
}
