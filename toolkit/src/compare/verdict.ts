import type { Difference } from './difference.ts'

/** What comparing one exchange on both arms gave. */
export type Verdict =
  | { readonly kind: 'match' }
  /** Differences, and every one of them is named by an accepted rule or shown by two runs of the same arm. */
  | { readonly kind: 'noise'; readonly differences: readonly Difference[] }
  | { readonly kind: 'mismatch'; readonly differences: readonly Difference[] }
  | { readonly kind: 'not-comparable'; readonly why: NotComparable }

/** Why two answers say nothing about each other. */
export type NotComparable =
  /** Both arms refuse (401, 403, 404) what the recording saw succeed. */
  | 'both-refused'
  /** An answer was cut, or larger than what is kept. */
  | 'truncated'
  /** An arm did not answer: refused connection, time-out, broken answer. */
  | 'legacy-failed'
  | 'service-failed'
