import { patternsOf } from '../clusters/patterns.ts'
import type { Difference } from '../difference.ts'

const maybeLag =
  /^(left-out|null-left-out|empty-left-out|added|null-added|empty-added|null-for-value|value-for-null|null-for-empty|empty-for-null|filled|emptied|negated|off-by-one|last-digit|zero|fewer-items|more-items|cut|cut-to-\d+|prefix-lost|prefix-lost:.*|prefix-added|prefix-added:.*|suffix-added|suffix-added:.*|other-order|reversed|\d+-to-404|404-to-\d+)$/s

/**
 * Whether a lag of the sync may have made these differences: what is there is older, or not there yet. A value times 100
 * or five hours later never comes of a lag, even if it is gone when asked again.
 */
export function lagExplains(differences: readonly Difference[]): boolean {
  return differences.every((difference) => patternsOf(difference).every((pattern) => maybeLag.test(pattern)))
}
