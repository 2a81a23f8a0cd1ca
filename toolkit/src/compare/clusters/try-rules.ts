import { setImmediate as nextTurn } from 'node:timers/promises'
import { generalPath } from '../body/path.ts'
import { type CompareOptions, compareAnswers } from '../compare.ts'
import type { Difference } from '../difference.ts'
import type { CompareRule } from '../rules/rule.ts'
import type { KeptExchange, KeptExchanges } from './kept-exchanges.ts'

/** A rule that may remove a cluster. */
export interface RuleTrial {
  readonly cluster: number
  /** Of the cluster's route, for rules that stand at the route; and its capability, for those that stand there. */
  readonly route: string
  readonly capability: string | undefined
  readonly rule: CompareRule
}

/** What a rule did when it was tried: differences of its cluster, and of others, that were gone. */
export interface TrialResult {
  readonly removes: number
  readonly hidesOthers: number
}

/** With what rules are tried. `clusterOf` says which cluster a difference of a kept exchange belongs to. */
export interface TrialBench {
  readonly kept: KeptExchanges
  /** As the exchanges were compared, but for the rules. */
  readonly comparing: Omit<CompareOptions, 'rules'>
  clusterOf(kept: KeptExchange, difference: Difference): number | undefined
}

/**
 * Tries each rule on every mismatching exchange of its capability: what matches already, no further rule can change.
 * Results stand in the order of the trials.
 */
export async function tryRules(trials: readonly RuleTrial[], bench: TrialBench): Promise<readonly TrialResult[]> {
  const results = trials.map(() => ({ removes: 0, hidesOthers: 0 }))
  const rulesWith = buildRuleLists()
  const places = trials.length === 0 ? [] : bench.kept.places()
  for (const [index, place] of places.entries()) {
    if (index % 100 === 99) await nextTurn()
    const kept = bench.kept.at(place)
    if (!trials.some((trial) => inScope(trial, kept))) continue
    const before = differencesOf(kept, kept.rules, bench.comparing)
    for (const [index, trial] of trials.entries()) {
      if (!concerns(trial, kept, before)) continue
      const after = differencesOf(kept, rulesWith(kept.rules, trial.rule), bench.comparing)
      const result = results[index]
      if (result === undefined) continue
      for (const gone of without(before, after)) {
        if (bench.clusterOf(kept, gone) === trial.cluster) result.removes += 1
        else result.hidesOthers += 1
      }
    }
  }
  return results
}

function differencesOf(
  { legacy, service }: KeptExchange,
  rules: readonly CompareRule[],
  comparing: TrialBench['comparing'],
): readonly Difference[] {
  const verdict = compareAnswers(legacy, service, { ...comparing, rules })
  return verdict.kind === 'mismatch' ? verdict.differences : []
}

/** A rule changes nothing where nothing differs at its path or below. */
function concerns(trial: RuleTrial, kept: KeptExchange, before: readonly Difference[]): boolean {
  return inScope(trial, kept) && before.some(({ path }) => generalPath(path).startsWith(trial.rule.path))
}

function inScope({ route, capability }: RuleTrial, kept: KeptExchange): boolean {
  return capability === undefined ? kept.route === route : kept.capability === capability
}

/** One list for the same rules, for a list is compiled once. */
function buildRuleLists() {
  const lists = new Map<CompareRule, Map<readonly CompareRule[], readonly CompareRule[]>>()
  return (rules: readonly CompareRule[], added: CompareRule): readonly CompareRule[] => {
    const ofRule = lists.get(added) ?? new Map<readonly CompareRule[], readonly CompareRule[]>()
    lists.set(added, ofRule)
    const list = ofRule.get(rules) ?? [...rules, added]
    ofRule.set(rules, list)
    return list
  }
}

function without(before: readonly Difference[], after: readonly Difference[]): readonly Difference[] {
  const left = new Set(after.map(keyOf))
  return before.filter((difference) => !left.has(keyOf(difference)))
}

function keyOf({ kind, path }: Difference): string {
  return `${kind} ${path}`
}
