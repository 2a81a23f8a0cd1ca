export type { Answer, Difference } from './difference.ts'
export type { DifferenceGroup, RouteTally } from './tally.ts'
export type { NotComparable, Verdict } from './verdict.ts'
