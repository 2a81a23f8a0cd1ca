import type { CutoverIntent } from '../../ports/owner.ts'
import type { Workbench } from '../parts.ts'
import { type CutoverPlan, ownersOf } from '../plan.ts'
import { recover } from '../recovery.ts'
import type { Recovered } from '../report.ts'
import { endsOf } from '../run/ends.ts'
import { usualBounds } from '../run/run-cutover.ts'
import { runProtocol } from '../run/run-protocol.ts'

/** Ends a pending cutover: goes on where it was committed, else undoes it. Throws when that cannot be done now; it may be tried again at any time. */
export async function recoverPending(bench: Workbench, pending: CutoverIntent): Promise<Recovered> {
  const plan: CutoverPlan = { id: pending.id, to: pending.to, epoch: pending.epoch - 1 }
  const arbiter = await endsOf(bench, plan).owners.target.read()
  const { step: _, expiresAt: __, ...begun } = pending
  const intent = { ...begun, coordinator: bench.coordinator, process: bench.processes.own }
  const bounds = usualBounds
  const run = { bench, plan, bounds, intent, ...(arbiter && { takenOverAt: arbiter.epoch }) }
  const { ending, steps } = await runProtocol(recover(plan), run)
  const owns = ending.outcome === 'done' ? ownersOf(plan).after : ownersOf(plan).undone
  const { id, to, coordinator } = pending
  return { id, to, coordinator, outcome: ending.outcome, ...owns, steps, hold: ending.hold }
}
