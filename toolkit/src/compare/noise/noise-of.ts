import type { Answer } from '../answer/answer.ts'
import { type CompareOptions, compareAnswers } from '../compare.ts'
import type { Difference } from '../difference.ts'

/** What differs between two answers of one arm to the same request, rules aside: its own noise. */
export function noiseOf(legacy: Answer, again: Answer, options: CompareOptions): readonly Difference[] {
  const verdict = compareAnswers(legacy, again, options)
  return verdict.kind === 'mismatch' ? verdict.differences : []
}
