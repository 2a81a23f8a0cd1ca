import { tailProbability, upperLimit } from '../verdict/binomial.ts'

/** How often a cluster shows between the arms, between two answers of legacy, or in both. */
export interface NoiseCounts {
  /** Exchanges that were drawn to be asked twice. */
  readonly drawn: { readonly here: number; readonly legacyAlone: number; readonly both: number }
  /** Exchanges that were asked twice because they mismatched. */
  readonly mismatched: { readonly here: number; readonly both: number }
}

/** So seldom may chance alone make a regression of noise, for each cluster at a noisy path. */
const significance = 1e-4
/** Of mismatches whose second answer of legacy differs too: noise comes again in at least so many. */
const comesAgain = 0.4

/**
 * Whether legacy's own noise explains a cluster at a path where legacy is noisy. If the service were as legacy is, its
 * answer and legacy's second one could be exchanged: each would be the one that differs as often as the other. So the
 * exchanges in which only one of them does are judged by the sign test (Dixon and Mood, JASA 41, 1946).
 */
export function isOwnNoise({ drawn, mismatched }: NoiseCounts): boolean {
  const oneOnly = drawn.here + drawn.legacyAlone
  if (tailProbability(drawn.here, oneOnly, 0.5) < significance) return false
  const again = mismatched.here + mismatched.both
  const limit = upperLimit(mismatched.both, again)
  return limit === undefined || limit >= comesAgain
}
