import type { CutoverIntent, OwnerAt } from '../ports/owner.ts'
import { readOwners } from '../worker/choose-direction.ts'
import type { Arm } from './action.ts'
import { buildWorkbench, type CutoverParts } from './parts.ts'
import { type DryStep, dryRun } from './preflight/dry-run.ts'
import { type Preflight, type PreflightOptions, seePreflight } from './preflight/preflight.ts'
import { buildRecoveryDue, pendingIn } from './recover/pending.ts'
import { recoverPending } from './recover/recover-pending.ts'
import type { CutoverReport, Recovered } from './report.ts'
import { type CutoverOptions, runCutover } from './run/run-cutover.ts'

/** Moving the ownership of one capability's writes from one arm to the other. */
export interface Cutover {
  /** What speaks for and against a cutover to this arm. Changes nothing. */
  preflight(to: Arm, options?: PreflightOptions): Promise<Preflight>
  /** What each step would do, with what it saw. Changes nothing. */
  steps(to: Arm, options?: PreflightOptions): Promise<readonly DryStep[]>
  /**
   * Moves the ownership, or leaves it where it was: then the report says `undone`, and why. A pending cutover whose coordinator is lost is ended first. Throws
   * `CutoverRefused` when the preflight fails, `cutover-pending` while another coordinator is at it, `cutover-owned` when the arm owns already, and
   * `cutover-unfinished` or `cutover-locked` when it could not be ended now: then a recovery goes on with it.
   */
  run(to: Arm, options?: CutoverOptions): Promise<CutoverReport>
  /** The cutover that is under way; undefined: none. */
  pending(): Promise<CutoverIntent | undefined>
  /** Undoes the pending cutover, whoever runs it; where it has been committed it is ended instead. Undefined: none is pending. */
  cancel(): Promise<Recovered | undefined>
  /**
   * Ends the pending cutover if its coordinator is lost: its lease ran out, its process has ended, or it was not renewed for as long while this process looked on.
   * Undefined: there is nothing to recover. To be called about once a second.
   */
  recover(): Promise<Recovered | undefined>
  /** Who owns the data, as both databases say. */
  owners(): Promise<{ readonly legacy: OwnerAt | undefined; readonly service: OwnerAt | undefined }>
}

/** Builds the cutover of a capability. Nothing is read or written before a function is called. */
export function buildCutover(parts: CutoverParts): Cutover {
  const bench = buildWorkbench(parts)
  const isDue = buildRecoveryDue(bench)
  const recover = async (): Promise<Recovered | undefined> => {
    const intent = await pendingIn(bench)
    return intent !== undefined && isDue(intent) ? await recoverPending(bench, intent) : undefined
  }
  return {
    preflight: (to, options = {}) => seePreflight(bench, to, options),
    steps: (to, options = {}) => dryRun(bench, to, options),
    run: async (to, options = {}) => {
      await recover()
      return await runCutover(bench, to, options)
    },
    pending: () => pendingIn(bench),
    cancel: async () => {
      const intent = await pendingIn(bench)
      return intent && (await recoverPending(bench, intent))
    },
    recover,
    owners: () => readOwners(bench.jobs),
  }
}
