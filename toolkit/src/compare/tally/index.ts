// What counts verdicts and tells of them, and says what needs no comparing, without what compares: an edge does that in a thread,
// and only that loads the rest.
export { type FlatAnswer, isSameOnWire } from '../answer/same-on-wire.ts'
export { describeDifference } from '../describe/describe.ts'
export { lagExplains } from '../noise/lag.ts'
export { mapDifferences, type NotComparable, notComparableReasons, type Verdict } from '../verdict.ts'
export {
  buildTally,
  type DifferenceGroup,
  maxGroups,
  type RouteTally,
  type Tally,
  type TallyEntry,
} from './tally.ts'
