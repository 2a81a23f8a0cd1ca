import { type CompareRule, formatHow, isExpired } from '../rules/rule.ts'
import type { ComparedExchange } from './comparison.ts'
import type { RuleUse } from './report.ts'

/** Counts what rules hid. */
export interface RuleUseCounter {
  add(compared: Pick<ComparedExchange, 'route' | 'capability' | 'rules' | 'verdict'>): void
  uses(nowMs: number): readonly RuleUse[]
}

interface Counted {
  readonly capability: string
  readonly rule: CompareRule
  hid: number
  compared: number
}

/** Starts with none. A rule is the same for all routes of a capability when it is written once. */
export function buildRuleUses(): RuleUseCounter {
  const counted = new Map<string, Counted>()
  const listed = new WeakMap<readonly CompareRule[], Map<string, ReadonlyMap<CompareRule, Counted>>>()
  const countersOf = (capability: string, rules: readonly CompareRule[]) => {
    const byCapability = listed.get(rules) ?? new Map<string, ReadonlyMap<CompareRule, Counted>>()
    listed.set(rules, byCapability)
    const known = byCapability.get(capability)
    if (known !== undefined) return known
    const made = new Map(rules.map((rule) => [rule, counterOf(counted, capability, rule)]))
    byCapability.set(capability, made)
    return made
  }
  return {
    add({ capability, route, rules, verdict }) {
      if (rules.length === 0 || verdict.kind === 'not-comparable') return
      const counters = countersOf(capability ?? route, rules)
      for (const counter of new Set(counters.values())) counter.compared += 1
      if (verdict.kind === 'match') return
      for (const rule of verdict.hid ?? []) {
        const counter = counters.get(rule)
        if (counter !== undefined) counter.hid += 1
      }
    },
    uses: (nowMs) => [...counted.values()].map((counter) => useOf(counter, nowMs)),
  }
}

function counterOf(counted: Map<string, Counted>, capability: string, rule: CompareRule): Counted {
  const key = JSON.stringify([capability, rule.path, formatHow(rule)])
  const known = counted.get(key) ?? { capability, rule, hid: 0, compared: 0 }
  counted.set(key, known)
  return known
}

function useOf({ capability, rule, hid, compared }: Counted, nowMs: number): RuleUse {
  const { path, reason, until, atMostShare } = rule
  return { capability, path, how: formatHow(rule), reason, hid, state: stateOf(), until, atMostShare }
  function stateOf(): RuleUse['state'] {
    if (isExpired(rule, nowMs)) return 'expired'
    if (atMostShare !== undefined && hid > atMostShare * compared) return 'overrun'
    return hid > 0 ? 'used' : 'unused'
  }
}
