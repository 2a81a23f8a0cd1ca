import { CutoverRefused, type Preflight, type StepReport } from '@banyan/toolkit/data-sync'
import type { CutoverReading, LongAction, StepAction } from '@banyan/toolkit/plan'
import type { PlanTools } from '../plan-actions.ts'
import { stepText, wantingText } from './cutover-text.ts'
import { endPending } from './end-pending.ts'
import { cutoverEvidence } from './journal-cutover.ts'
import { ownedBy } from './mend-owner.ts'
import { openCutover, runCutover } from './run-cutover.ts'

type CutoverAction = Extract<StepAction, { readonly kind: 'cutover' }>

/** Does a plan's cutover; the plan's file is its confirmation. One that was left pending is ended first, one that is done already stays. */
export async function planCutover(
  { to, maxHoldMs }: CutoverAction,
  { reason, signal, onProgress }: LongAction,
  { plan, admin, place, shell, sync }: PlanTools,
): Promise<CutoverReading> {
  const tools = { name: plan.capability, edges: admin, place, shell, sync: await sync() }
  const moving = openCutover(tools)
  await endPending(tools, moving)
  if ((await ownedBy(tools)) === to) return { outcome: 'done', evidence: { to, already: true } }
  const wish = { to, bounds: { maxHoldMs }, reason, json: false }
  const preflight = await moving.preflight(to)
  if (!preflight.ok) return refusedBy(to, preflight)
  const onStep = (step: StepReport) => onProgress(stepText(step, shell))
  const report = await runCutover(tools, wish, { signal, onStep }).catch(refused)
  if ('checks' in report) return refusedBy(to, report)
  const evidence = { to, ...cutoverEvidence(report) }
  if (report.outcome === 'done') return { outcome: 'done', evidence }
  signal.throwIfAborted()
  return { outcome: 'undone', evidence, why: report.why ?? 'no reason was given' }
}

/** The preflight that a cutover saw once more before it began; anything else is thrown on. */
function refused(thrown: unknown): Preflight {
  if (thrown instanceof CutoverRefused) return thrown.preflight
  throw thrown
}

function refusedBy(to: CutoverAction['to'], preflight: Preflight): CutoverReading {
  return { outcome: 'undone', evidence: { to, preflight: false }, why: wantingText(preflight) }
}
