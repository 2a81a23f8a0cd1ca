import type { Difference } from './difference.ts'
import type { CompareRule } from './rules/rule.ts'

/** What comparing one exchange on both arms gave. `leftOut` counts differences beyond those that are listed. */
export type Verdict =
  | { readonly kind: 'match' }
  /** Differences, and every one of them is accepted by a rule. */
  | {
      readonly kind: 'noise'
      readonly differences: readonly Difference[]
      readonly leftOut?: number
      /** The rules that accepted them, each once, in the order in which they are given. */
      readonly hid?: readonly CompareRule[]
    }
  /** At least one difference that is not noise; the others are kept apart. */
  | {
      readonly kind: 'mismatch'
      readonly differences: readonly Difference[]
      readonly leftOut?: number
      /** What rules accepted beside; left out when it is nothing. */
      readonly noise?: readonly Difference[]
      readonly noiseLeftOut?: number
      readonly hid?: readonly CompareRule[]
    }
  | { readonly kind: 'not-comparable'; readonly why: NotComparable }

/** Every reason why two answers may say nothing about each other, in the order in which people read them. */
export const notComparableReasons = [
  /** Both arms refuse (401, 403, 404) what the recording saw succeed, or a caller (401, 403) whom it saw let in. */
  'both-refused',
  /** Both arms give the same error, or send elsewhere, or show a page, where the recording saw something succeed. */
  'both-failed',
  /** The only arm asked refuses the caller (401, 403), whom the recording saw let in. */
  'refused',
  /** An answer was cut, or larger than what is kept. */
  'truncated',
  /** An arm did not answer: refused connection, time-out, broken answer. */
  'legacy-failed',
  'service-failed',
  /** The comparer itself failed: a fault of ours, counted so that nobody takes it for a match. */
  'comparer-failed',
  /** Not sent to the other arm: a request with a body, a part of an answer (206), "not modified" (304). */
  'not-asked',
] as const

/** Why two answers say nothing about each other. */
export type NotComparable = (typeof notComparableReasons)[number]

/** Zero for every reason: where counting begins. */
export function noneNotComparable(): Record<NotComparable, number> {
  return {
    'both-refused': 0,
    'both-failed': 0,
    refused: 0,
    truncated: 0,
    'legacy-failed': 0,
    'service-failed': 0,
    'comparer-failed': 0,
    'not-asked': 0,
  }
}

/** The same verdict with each difference changed, those that are noise too: to redact them, for example. */
export function mapDifferences(verdict: Verdict, change: (difference: Difference) => Difference): Verdict {
  if (!('differences' in verdict)) return verdict
  const changed = { ...verdict, differences: verdict.differences.map(change) }
  if (changed.kind === 'noise' || changed.noise === undefined) return changed
  return { ...changed, noise: changed.noise.map(change) }
}
