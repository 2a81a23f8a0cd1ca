export { type CanonicalPath, canonicalPath } from './canonical-path.ts'
export { bucketCount, bucketOf, shareServes } from './cohort.ts'
export { type ConfigProblem, formatProblem } from './config-problem.ts'
export { type DecideContext, type Decision, decide } from './decide.ts'
export { applyEdits, type Edit, reverseEdits } from './edit.ts'
export { type Explanation, explainRoute, type Loser } from './explain.ts'
export { type Flipped, type FlipRequest, flipRoute, type Knobs, knobsOf } from './flip.ts'
export { routeTableJsonSchema } from './json-schema.ts'
export { defaultLimits, type EdgeLimits, type RequestLimits } from './limits-rule.ts'
export type { ListenRule, Network } from './listen-rule.ts'
export { type Matched, matchRoute, type RouteRequest } from './match.ts'
export { type MovedOwner, moveOwner, type OwnerMove } from './move-owner.ts'
export type { AccessLogRule } from './observe-rule.ts'
export { type PackedRouteTable, packRouteTable, unpackRouteTable } from './packed.ts'
export { type ParsedRouteTable, parseRouteTable } from './parse.ts'
export type {
  BreakerPolicy,
  ConnectionPolicy,
  EjectPolicy,
  HealthPolicy,
  RetryPolicy,
  RoutePolicy,
  Timeouts,
  UpstreamPolicy,
} from './policy.ts'
export type { RateKey, RateRule } from './rate-rule.ts'
export { revisionOf } from './revision.ts'
export { bareDomain, type RewriteRule } from './rewrite-rule.ts'
export {
  type Arm,
  type Capability,
  type CompareRule,
  otherArm,
  type RecordingRule,
  type Route,
  type RouteMatch,
  type RouteTable,
  type RouteTarget,
  type Segment,
  type Serve,
  type StandingRecording,
  safeMethods,
  type Upstream,
} from './route.ts'
export { formatPercent, formatServe } from './serve.ts'
export { readRouteTable, readRouteTableText, writeRouteTable } from './store.ts'
export { withOwner } from './with-owner.ts'
export { type WrittenOwner, writeOwner } from './write-owner.ts'
