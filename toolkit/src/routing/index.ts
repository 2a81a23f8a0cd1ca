export {
  type Arm,
  type Capability,
  type CompareRule,
  otherArm,
  type Route,
  type RouteMatch,
  type RouteTable,
  type RouteTarget,
  type Segment,
  type Serve,
  safeMethods,
  type Upstream,
} from './route.ts'
