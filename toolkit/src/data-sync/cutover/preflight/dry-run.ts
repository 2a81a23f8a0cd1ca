import { readOwners } from '../../worker/choose-direction.ts'
import type { Arm } from '../action.ts'
import type { Workbench } from '../parts.ts'
import { otherArm } from '../plan.ts'
import { cutoverSteps, type StepName, stepDescriptions } from '../steps.ts'
import { type Check, type Preflight, type PreflightOptions, seePreflight } from './preflight.ts'

/** One step as a dry run shows it. */
export interface DryStep {
  readonly name: StepName
  readonly number: number | undefined
  /** What it would do. */
  readonly does: string
  /** What speaks to it now, for people. */
  readonly saw: string
  /** False: it would be refused here. */
  readonly ok: boolean
}

/** Goes through the steps without doing any of them: reads only. */
export async function dryRun(bench: Workbench, to: Arm, options: PreflightOptions): Promise<readonly DryStep[]> {
  const preflight = await seePreflight(bench, to, options)
  const epoch = (await readOwners(bench.jobs))[to]?.epoch ?? 0
  const saw = sayings(preflight, { to, from: otherArm(to), epoch })
  return cutoverSteps.map((name) => ({ name, ...stepDescriptions[name], ...saw[name] }))
}

interface Move {
  readonly to: Arm
  readonly from: Arm
  readonly epoch: number
}

function sayings(
  { checks, ok }: Preflight,
  { to, from, epoch }: Move,
): Readonly<Record<StepName, { readonly saw: string; readonly ok: boolean }>> {
  const of = (...names: readonly string[]) => checks.filter(({ name }) => names.some((start) => name.startsWith(start)))
  const told = (found: readonly Check[], otherwise: string) => ({
    saw: found.length === 0 ? otherwise : found.map(({ detail }) => detail).join('; '),
    ok: found.every(({ outcome }) => outcome === 'pass'),
  })
  const plain = (saw: string) => ({ saw, ok: true })
  const against = checks.filter(({ outcome }) => outcome !== 'pass')
  const verdict = ok
    ? `all ${checks.length} checks pass`
    : against.map(({ name, detail }) => `${name}: ${detail}`).join('; ')
  return {
    preflight: { saw: verdict, ok },
    intent: told(of('pending', 'owner'), ''),
    hold: told(of('edge'), ''),
    fenced: plain('a hold that runs out before this goes to the old owner, after it is answered 503'),
    fence: told(of('fence'), ''),
    tail: told(of('lag'), ''),
    follow: told(of('worker', 'quarantine'), ''),
    ids: told(of('ids'), ''),
    commit: plain(`${to} would own it at epoch ${epoch + 1}`),
    learn: plain(`the database of ${from} would say ${to} (epoch ${epoch + 1}), and the way back begin to follow`),
    owner: plain(`owner: ${to} in the route table of every edge`),
    release: plain(`held writes go to ${to}`),
    decide: plain(''),
    unfence: plain(''),
  }
}
