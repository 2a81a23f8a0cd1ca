import { resolve } from 'node:path'
import {
  describeStep,
  type Plan,
  type Progress,
  progressOf,
  readJournal,
  readPlan,
  type Step,
} from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { paintFor } from '../paint.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface PlanStatusOptions extends PlaceOptions {
  readonly json?: true
}

/** `banyan plan status PLAN`: which steps are done, by the journal. */
export function addPlanStatus(plan: Command, shell: Shell): void {
  withPlace(plan.command('status'))
    .summary('which steps are done, and which comes next')
    .argument('<plan>', 'such as migration-plans/users.yaml')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  banyan plan status migration-plans/users.yaml\nNext:\n  banyan plan run migration-plans/users.yaml',
    )
    .action(async (file: string, options: PlanStatusOptions) => await planStatus(file, options, shell))
}

async function planStatus(file: string, options: PlanStatusOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const plan = await readPlan(resolve(shell.cwd, file))
  const progress = progressOf(plan, (await readJournal(place.journal)).entries)
  if (options.json === true) {
    const steps = plan.steps.map((step) => ({
      number: step.number,
      action: describeStep(step),
      state: stateOf(step, progress),
    }))
    shell.out(
      JSON.stringify({
        formatVersion: 1,
        file: plan.file,
        capability: plan.capability,
        revision: plan.revision,
        steps,
      }),
    )
    return
  }
  for (const step of plan.steps) shell.out(lineOf(step, progress, shell))
  if (progress.otherRevision && progress.lastDone === 0)
    shell.say('(another content of this plan has steps that are done; they do not count here)')
  shell.say(nextOf(file, plan, progress))
}

type StepState = 'done' | 'halted' | 'begun' | 'next' | 'to do'

function stateOf({ number }: Step, { lastDone, begun, halted }: Progress): StepState {
  if (number <= lastDone) return 'done'
  if (halted?.step === number) return 'halted'
  if (begun?.step === number) return 'begun'
  return number === lastDone + 1 ? 'next' : 'to do'
}

function lineOf(step: Step, progress: Progress, shell: Shell): string {
  const paint = paintFor(shell)
  const state = stateOf(step, progress)
  const colours = { done: paint.green, halted: paint.red, begun: paint.yellow, next: paint.bold, 'to do': paint.dim }
  const gate = step.gate === undefined ? '' : `   gate: ${Object.keys(step.gate).join(', ')}`
  const outcome = state === 'halted' ? `   (${progress.halted?.outcome})` : ''
  return `${String(step.number).padStart(3)}  ${colours[state](state.padEnd(6))}  ${describeStep(step)}${gate}${outcome}`
}

function nextOf(file: string, { steps }: Plan, { lastDone }: Progress): string {
  return lastDone >= steps.length ? 'every step is done. See: banyan history' : `next: banyan plan run ${file}`
}
