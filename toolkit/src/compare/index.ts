export { type Answer, headerMap, toAnswer, type WireAnswer } from './answer/answer.ts'
export { type BodyDigest, type BodyDigestOptions, buildBodyDigest, type DigestedBody } from './answer/body-digest.ts'
export { type Decoded, decodeBody } from './answer/decode.ts'
export { jsonOfBody } from './answer/json-of-body.ts'
export { type FlatAnswer, isSameOnWire } from './answer/same-on-wire.ts'
export { maxDifferences } from './body/findings.ts'
export { type CompareOptions, compareAnswers } from './compare.ts'
export { compareReplayed, type RecordedOutcome, refusesCaller } from './compare-replayed.ts'
export { describeDifference, type SideNames } from './describe/describe.ts'
export type { Difference } from './difference.ts'
export type { IdPairs, IdPlace } from './ids.ts'
export { lagExplains } from './noise/lag.ts'
export { buildComparison } from './report/build-comparison.ts'
export type {
  AskedAgain,
  ComparedExchange,
  Comparison,
  ComparisonEnd,
  ComparisonOptions,
  LegacyAgain,
  Production,
  ProductionClass,
} from './report/comparison.ts'
export { countedText, countText, shareText } from './report/figures.ts'
export { reportHtml } from './report/html/report-html.ts'
export { reportJunit } from './report/junit/report-junit.ts'
export type {
  ComparisonReport,
  Coverage,
  DifferenceCluster,
  DifferenceSample,
  ExchangeCounts,
  IdReport,
  LatencyDistribution,
  MismatchBound,
  Outcome,
  Remedy,
  RouteComparison,
  RuleUse,
  ShapeComparison,
  ShownAnswer,
} from './report/report.ts'
export type { Paint } from './report/terminal/line.ts'
export { reportText, type TextOptions } from './report/terminal/report-text.ts'
export type { WrittenReport } from './report/written-report.ts'
export { type CompareRule, formatHow, isExpired, type RuleHow } from './rules/rule.ts'
export { shapeOf } from './shape/shape.ts'
export { formatRouteTally } from './tally/format-tally.ts'
export {
  buildTally,
  type DifferenceGroup,
  maxGroups,
  type RouteTally,
  type Tally,
  type TallyEntry,
} from './tally/tally.ts'
export { tallySince } from './tally/tally-since.ts'
export { outcomeOf } from './verdict/judge.ts'
export { mapDifferences, type NotComparable, noneNotComparable, notComparableReasons, type Verdict } from './verdict.ts'
