import type { Answer } from '../answer/answer.ts'
import { generalPath } from '../body/path.ts'
import { type CompareOptions, compareAnswers } from '../compare.ts'
import type { Difference } from '../difference.ts'
import type { CompareRule } from '../rules/rule.ts'

const mostPerRoute = 20

/**
 * Lists that legacy itself orders in one way now and in another then. Their items can only be compared as a set; that
 * the order differed is still counted.
 */
export interface LearntSets {
  /** From what differs between two answers of legacy. */
  learn(route: string, ofLegacy: readonly Difference[]): void
  /**
   * Compares two differing answers again, with those lists as sets; that their order differs is told too. Undefined as
   * long as nothing was learnt of the route.
   */
  compare(route: string, answers: readonly [Answer, Answer], options: CompareOptions): UnderSets | undefined
}

/** What differs when the lists that legacy itself shuffles are sets. */
export interface UnderSets {
  /** The rules with those sets; the same list for the same rules. */
  readonly rules: readonly CompareRule[]
  readonly differences: readonly Difference[]
  readonly leftOut: number
}

interface OfRoute {
  readonly paths: Set<string>
  lists: Map<readonly CompareRule[], readonly CompareRule[]>
}

/** Starts with none. */
export function buildLearntSets(): LearntSets {
  const routes = new Map<string, OfRoute>()
  return {
    learn(route, ofLegacy) {
      for (const { kind, path } of ofLegacy) {
        if (kind !== 'order') continue
        const known = routes.get(route) ?? { paths: new Set<string>(), lists: new Map() }
        if (known.paths.has(generalPath(path)) || known.paths.size >= mostPerRoute) continue
        known.paths.add(generalPath(path))
        known.lists = new Map()
        routes.set(route, known)
      }
    },
    compare(route, [first, second], options) {
      const known = routes.get(route)
      if (known === undefined) return undefined
      const rules = known.lists.get(options.rules) ?? [...options.rules, ...[...known.paths].map(asSet)]
      known.lists.set(options.rules, rules)
      const verdict = compareAnswers(first, second, { ...options, rules })
      const isLearnt = ({ kind, path }: Difference) => kind === 'order' && known.paths.has(generalPath(path))
      if (verdict.kind === 'noise') return { rules, differences: verdict.differences.filter(isLearnt), leftOut: 0 }
      if (verdict.kind !== 'mismatch') return { rules, differences: [], leftOut: 0 }
      const ordered = (verdict.noise ?? []).filter(isLearnt)
      return { rules, differences: [...verdict.differences, ...ordered], leftOut: verdict.leftOut ?? 0 }
    },
  }
}

function asSet(path: string): CompareRule {
  return { path, set: true, reason: 'two answers of legacy differ in this order too' }
}
