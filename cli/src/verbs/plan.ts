import type { Command } from 'commander'
import type { Shell } from '../shell.ts'
import { addPlanRun } from './plan-run.ts'
import { addPlanStatus } from './plan-status.ts'

/** `banyan plan`: the ordered steps of one capability's extraction. */
export function addPlan(program: Command, shell: Shell): void {
  const plan = program.command('plan').summary("follow a capability's migration plan, step by step, gate by gate")
  addPlanStatus(plan, shell)
  addPlanRun(plan, shell)
}
