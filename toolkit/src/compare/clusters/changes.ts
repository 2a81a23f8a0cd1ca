import type { Json } from '../../base/index.ts'
import { valuesAt } from '../report/whole-values.ts'
import type { FormedCluster } from './form-clusters.ts'

const mostValues = 50

/** Patterns whose remedy changes every value of the field, not only those that are wrong. */
const changesAll =
  /^(times-|divided-by-|multiplied:|added:|hours|zone|days|negated|prefix-|suffix-|upper-case|lower-case)/

/**
 * How many matching answers a change of the translator would make mismatch: those that hold a value in the field, which is
 * right already. Undefined for a change that touches only what is wrong.
 */
export function breaksOf(
  { kind, path, pattern }: Pick<FormedCluster, 'kind' | 'path' | 'pattern'>,
  matching: readonly (Json | undefined)[],
): { readonly exchanges: number; readonly triedOn: number } | undefined {
  if (kind !== 'value' || !path.startsWith('$') || !changesAll.test(pattern) || matching.length === 0) return undefined
  const exchanges = matching.filter((body) => valuesAt(body, path, mostValues).some(changes)).length
  return { exchanges, triedOn: matching.length }
}

/** Nothing times 100 is nothing. */
function changes(value: Json): boolean {
  return value !== null && value !== 0 && value !== ''
}
