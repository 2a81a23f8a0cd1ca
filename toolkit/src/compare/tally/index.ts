// What counts verdicts and tells of them, without what comes to them: an edge does its comparing in a thread, and only that loads
// the rest.
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
