import { type StaleRead, staleReadIn } from '../clusters/stale-read.ts'
import type { Difference } from '../difference.ts'
import { lagExplains } from '../noise/lag.ts'
import { isNoisy, type One, sameAsLegacy } from './one.ts'

/**
 * What a mismatch was that is gone when both arms are asked again. `lag`: the service had given what legacy gave before;
 * `unseen`: an older value, perhaps, but nobody saw legacy give it; `flapping`: no lag makes this; `noise`: legacy
 * differs from itself in all of it.
 */
export type Gone = 'lag' | 'unseen' | 'flapping' | 'noise'

/** Judges it by legacy's earlier answers to the same request. `afterMs`: how long it took until it was asked again. */
export function judgeGone(one: One, differences: readonly Difference[], afterMs: number): Gone {
  if (differences.every((difference) => isNoisy(one, difference))) return 'noise'
  if (isOlder(one, differences)) return 'lag'
  return lagExplains(differences) && !isSettled(one, afterMs) ? 'unseen' : 'flapping'
}

/** Nothing of the differences remains beside what a stale read explains, and what is noise. */
function isOlder(one: One, differences: readonly Difference[]): boolean {
  const stale = staleReadOf(one, { rules: one.found.rules, differences })
  if (stale === undefined) return false
  return differences.every(
    (difference) => stale.explained.has(difference) || stale.asOld.has(difference) || isNoisy(one, difference),
  )
}

/** Legacy had said the same for longer than the lag when it was asked: the service has caught up with that. */
function isSettled(one: One, afterMs: number): boolean {
  const { found, earlier } = one
  const { legacy } = found.answers
  if (legacy === undefined) return false
  const since = earlier.unchangedSince(found.request, legacy.body, sameAsLegacy(one))
  return since !== undefined && answeredAt(one) - since > afterMs
}

/** When the first answers came, ms since 1970: an exchange is collected once it was asked again. */
export function answeredAt({ found, options }: Pick<One, 'found' | 'options'>): number {
  return (options.now ?? Date.now)() - (found.askedAgain?.afterMs ?? 0)
}

/** What an older answer explains of differences between the arms; undefined for nothing. */
export function staleReadOf(
  one: One,
  { rules, differences }: Pick<One['found'], 'rules'> & { readonly differences: readonly Difference[] },
): StaleRead | undefined {
  const { found, options, earlier } = one
  const { service } = found.answers
  if (service === undefined) return undefined
  const comparing = { ...options.comparing, rules }
  const noisy = (difference: Difference) => isNoisy(one, difference)
  return staleReadIn({ differences, service, earlier: earlier.of(found.request), comparing, isNoisy: noisy })
}
