export type { Gate, Plan, Step, StepAction } from './plan.ts'
