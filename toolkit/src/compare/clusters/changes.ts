import type { Json } from '../../base/index.ts'
import type { Sampled } from '../report/answer-sample.ts'
import { valuesAt } from '../report/whole-values.ts'
import type { FormedCluster } from './form-clusters.ts'

const mostValues = 50

/** Patterns whose remedy changes every value of the field, not only those that are wrong. */
const changesAll =
  /^(times-|divided-by-|multiplied:|added:|hours|zone|days|negated|prefix-|suffix-|upper-case|lower-case)/

/**
 * How many answers a change of the translator would make mismatch: those that hold a value in the field, which is right
 * already. Undefined for a change that touches only what is wrong.
 */
export function breaksOf(
  { kind, path, pattern }: Pick<FormedCluster, 'kind' | 'path' | 'pattern'>,
  sample: readonly Sampled<Json | undefined>[],
): { readonly exchanges: number; readonly triedOn: number } | undefined {
  if (kind !== 'value' || !path.startsWith('$') || !changesAll.test(pattern)) return undefined
  const right = sample.filter(({ differing }) => !differing.has(path))
  if (right.length === 0) return undefined
  const broken = right.filter(({ body }) => valuesAt(body, path, mostValues).some(changes))
  return { exchanges: broken.length, triedOn: right.length }
}

/** Nothing times 100 is nothing. */
function changes(value: Json): boolean {
  return value !== null && value !== 0 && value !== ''
}
