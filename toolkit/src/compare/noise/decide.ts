import { tailProbability, upperLimit } from '../verdict/binomial.ts'

/** Exchanges in which something shows only between the arms, only between two answers of legacy, or in both. */
export interface NoiseCounts {
  readonly here: number
  readonly legacyAlone: number
  readonly both: number
}

/** What is known of one cluster at a path where legacy is noisy. */
export interface NoiseEvidence {
  /** Of exchanges that were drawn to be asked twice. */
  readonly drawn: NoiseCounts
  /** Of exchanges that were asked twice because they mismatched. */
  readonly mismatched: NoiseCounts
  /** Of those that show it: in how many two answers of legacy differ at its path too, in whatever way. */
  readonly comesAgain: { readonly no: number; readonly yes: number }
}

/** So seldom may chance alone make a regression of noise, for each cluster at a noisy path. */
const significance = 1e-4
/** Of mismatches whose second answer of legacy differs too: noise comes again in at least so many. */
const leastAgain = 0.4

/**
 * Whether legacy's own noise explains a cluster at a path where legacy is noisy. If the service were as legacy is, its
 * answer and legacy's second one could be exchanged: each would be the one that differs as often as the other. So the
 * exchanges in which only one of them does are judged by the sign test (Dixon and Mood, JASA 41, 1946). Those that were
 * asked because the service differs favour it: there noise must come again, and as often in the same way.
 */
export function isOwnNoise({ drawn, mismatched, comesAgain }: NoiseEvidence): boolean {
  if (isMoreOften(drawn, 0.5)) return false
  const limit = upperLimit(comesAgain.yes, comesAgain.yes + comesAgain.no)
  if (limit !== undefined && limit < leastAgain) return false
  return !isMoreOften(mismatched, 1 / (1 + leastAgain))
}

function isMoreOften({ here, legacyAlone }: NoiseCounts, share: number): boolean {
  return tailProbability(here, here + legacyAlone, share) < significance
}
