export { sumOf } from './delta.ts'
export { describeStep, formatCount, formatShare } from './format.ts'
export { evaluateGate, evaluateReplay } from './gate.ts'
export {
  type Journal,
  type JournalContent,
  type JournalEntry,
  type JournalNote,
  type JournalVerdict,
  openJournal,
  readJournal,
  verifyJournal,
} from './journal.ts'
export { routeOf } from './order.ts'
export { quantileMs } from './p99.ts'
export { type ParsedPlan, parsePlan, readPlan } from './parse.ts'
export type { Gate, Plan, Step, StepAction } from './plan.ts'
export { type Knobs, type Progress, progressOf } from './progress.ts'
export type {
  ArmCounters,
  ConditionReading,
  CutoverReading,
  DriftReading,
  GateReading,
  GateSample,
  LagReading,
  Readings,
  RouteCounters,
} from './readings.ts'
export { type LongAction, type PlanActions, type PlanEvent, type PlanOutcome, type PlanRun, runPlan } from './run.ts'
