import { randomUUID } from 'node:crypto'
import { exitCodes, Fault, messageOf } from '../../../base/index.ts'
import { readOwners } from '../../worker/choose-direction.ts'
import type { Arm, CutoverAction, Tail, TailVerified } from '../action.ts'
import type { HoldBounds } from '../edges.ts'
import type { Workbench } from '../parts.ts'
import { type CutoverPlan, otherArm, ownersOf, shownOwner } from '../plan.ts'
import { assertPreflight, type Preflight, type PreflightOptions } from '../preflight/preflight.ts'
import { type CutoverEnding, cutover } from '../protocol.ts'
import { pendingIn } from '../recover/pending.ts'
import type { CutoverReport, StepReport } from '../report.ts'
import { stepDescriptions } from '../steps.ts'
import { type RanProtocol, runProtocol } from './run-protocol.ts'

/** What a cutover may be told. */
export interface CutoverOptions extends PreflightOptions, Partial<HoldBounds> {
  /** Undoes it when it aborts before the commit; after it, it goes on to its end. */
  readonly signal?: AbortSignal
  /** Called as each step ends. */
  readonly onStep?: (step: StepReport) => void
  /** Called before and after each action, and awaited: to stop a run at an exact place. */
  readonly onAction?: (action: CutoverAction, when: 'before' | 'after') => void | Promise<void>
}

/** What a hold may cost, when nothing is said: two seconds, a thousand requests, 64 MiB. */
export const usualBounds: HoldBounds = { maxHoldMs: 2000, maxRequests: 1000, maxBytes: 64 * 1024 * 1024 }

/** Moves the ownership of a capability; see `Cutover.run`. */
export async function runCutover(bench: Workbench, to: Arm, options: CutoverOptions): Promise<CutoverReport> {
  const plan = await planCutover(bench, to)
  const worker = startWorker(bench)
  try {
    const begun = bench.clock.monotonic()
    const preflight = await assertPreflight(bench, to, options)
    const zero: StepReport = {
      name: 'preflight',
      ...stepDescriptions.preflight,
      tookMs: bench.clock.monotonic() - begun,
      saw: `${preflight.checks.length} checks passed`,
      ok: true,
    }
    options.onStep?.(zero)
    const { maxHoldMs, maxRequests, maxBytes } = { ...usualBounds, ...options }
    const bounds = { maxHoldMs, maxRequests, maxBytes }
    const { signal, onStep, onAction } = options
    const ran = await runProtocol(cutover(plan), {
      bench,
      plan,
      bounds,
      intent: intentOf(bench, plan),
      signal,
      onStep,
      onAction,
    })
    return reportOf(plan, { ran, zero, preflight })
  } finally {
    await worker.stop()
  }
}

/** The plan of a cutover that begins now. Throws `cutover-owned` and `cutover-pending`. */
async function planCutover(bench: Workbench, to: Arm): Promise<CutoverPlan> {
  const pending = await pendingIn(bench)
  if (pending !== undefined) {
    throw new Fault(
      'cutover-pending',
      `${pending.coordinator} is moving ${bench.capability} to ${pending.to}, at step "${pending.step}"`,
      {
        hint: 'it ends, or is recovered within seconds; `banyan cutover --cancel` undoes it',
        exitCode: exitCodes.refused,
      },
    )
  }
  const rows = await readOwners(bench.jobs)
  const arbiter = rows[to]
  const known = arbiter ?? rows[otherArm(to)]
  if (known?.owner === to) {
    throw new Fault('cutover-owned', `${to} owns ${bench.capability} already: ${shownOwner(known)}`, {
      hint: 'nothing is to be done',
      exitCode: exitCodes.refused,
    })
  }
  return { id: randomUUID(), to, epoch: arbiter?.epoch ?? 0 }
}

function intentOf({ coordinator, processes, clock }: Workbench, { id, to, epoch }: CutoverPlan) {
  return { id, to, epoch: epoch + 1, coordinator, process: processes.own, startedAt: clock.now() }
}

function startWorker({ ensureWorker }: Workbench): { stop(): Promise<void> } {
  const over = new AbortController()
  // A worker here that fails is like one elsewhere that fails: the tail is not applied in time, and the cutover is undone.
  const working = ensureWorker?.(over.signal).catch(() => undefined)
  return {
    stop: async () => {
      over.abort()
      await working
    },
  }
}

interface Came {
  readonly ran: RanProtocol<CutoverEnding>
  readonly zero: StepReport
  readonly preflight: Preflight
}

function reportOf(plan: CutoverPlan, { ran, zero, preflight }: Came): CutoverReport {
  const { ending, steps, holdMs, results } = ran
  const { outcome, why } = ending
  const tail = results.get('read-tail') as Tail | undefined
  const verified = results.get('verify-tail') as TailVerified | undefined
  return {
    id: plan.id,
    to: plan.to,
    ...(outcome === 'done' ? ownersOf(plan).after : ownersOf(plan).undone),
    outcome,
    why: why === undefined ? undefined : messageOf(why),
    hint: why instanceof Fault ? why.hint : undefined,
    steps: [zero, ...steps],
    hold: ending.hold,
    holdMs,
    tail: tail?.keys.length ?? 0,
    lost: 0,
    lostHow: outcome === 'done' ? knownBy(verified, preflight) : 'the old owner owns as before; held writes went to it',
  }
}

function knownBy(verified: TailVerified | undefined, { verified: before }: Preflight): string {
  const { compared = 0, differences = [] } = verified ?? {}
  const tail =
    compared === 0
      ? 'nothing was left to apply behind the fence'
      : `tail verified, ${compared - differences.length} of ${compared} equal`
  return before === undefined ? tail : `${tail}; ${before}`
}
