import { Fault, messageOf } from '../../base/index.ts'
import { ask, type Protocol, type RowSeen } from './action.ts'
import type { HoldReport } from './edges.ts'
import { type CutoverPlan, isAt, ownersOf } from './plan.ts'

/** How a cutover ended. */
export interface Ending {
  /** `done`: the new owner owns; `undone`: the old one does, nothing else has changed. */
  readonly outcome: 'done' | 'undone'
  /** What the edges say of the requests that they held; undefined where another coordinator ended it. */
  readonly hold: HoldReport | undefined
}

/** One step of an undo. `committed`: the arbiter says that the cutover happened after all; `ended`: that another has ended it meanwhile. */
export type UndoStep = (plan: CutoverPlan) => Protocol<'committed' | 'ended' | 'goes-on'>

/** The steps of an undo, in the order that makes them safe: the arbiter first, else a paused coordinator commits after the old owner writes again. */
export const undoSteps: readonly UndoStep[] = [decide, unfence]

const mostRereads = 5

/**
 * Ends a cutover that its coordinator did not end: goes on where the arbiter says that it happened, and undoes it where not. Cancelling is the same.
 * May run twice, at once, and while the first coordinator goes on: every write compares what is there. Throws when it cannot be ended now.
 */
export function* recover(plan: CutoverPlan, steps: readonly UndoStep[] = undoSteps): Protocol<Ending> {
  const arbiter = yield* ask({ do: 'read-row', step: 'decide', at: 'target' })
  if (arbiter?.intent !== plan.id) return endedByAnother(plan, arbiter)
  if (isAt(arbiter, ownersOf(plan).after)) return yield* goOn(plan)
  for (const step of steps) {
    const came = yield* step(plan)
    if (came === 'committed') return yield* goOn(plan)
    if (came === 'ended') return endedByAnother(plan, yield* ask({ do: 'read-row', step: 'decide', at: 'target' }))
  }
  return yield* giveBack(plan)
}

/**
 * The undo by a coordinator that has not asked for its commit: nobody else ever will, so the old owner gets its data and its writes back before the arbiter is
 * told, which may be down or locked for long. What could not be told throws, and leaves the intent, so that a recovery tells it later; where the old
 * owner could not be unfenced its writes stay held, for a 503 is better than the fence.
 */
export function* withdraw(plan: CutoverPlan): Protocol<Ending> {
  const { undone } = ownersOf(plan)
  const troubles: unknown[] = []
  yield* noting(troubles, unfence(plan))
  const hold = troubles.length > 0 ? undefined : yield* ask({ do: 'release', step: 'release', ...undone })
  yield* noting(troubles, decide(plan))
  if (troubles.length > 0) throw notToldYet(plan, troubles)
  yield* forget(undone.epoch)
  return { outcome: 'undone', hold }
}

function* giveBack(plan: CutoverPlan): Protocol<Ending> {
  const { undone } = ownersOf(plan)
  const hold = yield* ask({ do: 'release', step: 'release', ...undone })
  yield* forget(undone.epoch)
  return { outcome: 'undone', hold }
}

/**
 * What follows the commit. Held requests are let go even where a step before that fails, for the new owner owns; then it throws `cutover-unfinished`
 * and leaves the intent, so that a recovery does the rest.
 */
export function* goOn(plan: CutoverPlan): Protocol<Ending> {
  const { after } = ownersOf(plan)
  const troubles: unknown[] = []
  yield* noting(troubles, learn(plan))
  yield* noting(troubles, ask({ do: 'move-owner', step: 'owner', ...after }))
  const hold = yield* ask({ do: 'release', step: 'release', ...after })
  if (troubles.length > 0) throw unfinished(plan, troubles)
  yield* forget(after.epoch)
  return { outcome: 'done', hold }
}

// A cutover begins only when the intent of the last is gone. So where it is gone the row may be a later one's, whose epochs say nothing of this cutover: without
// that look, a recovery that slept takes the fence of the next cutover, back, for its own undo, and commits that before its tail was applied.
function* decide(plan: CutoverPlan): Protocol<'committed' | 'ended' | 'goes-on'> {
  const { before, after, undone } = ownersOf(plan)
  for (let reread = 0; reread < mostRereads; reread++) {
    const moved = yield* ask({ do: 'move', step: 'decide', at: 'target', expected: before, next: undone })
    if (moved === 'moved') return 'goes-on'
    if (moved === 'busy') continue
    const target = yield* ask({ do: 'read-row', step: 'decide', at: 'target' })
    if (target?.intent !== plan.id) return 'ended'
    if (isAt(target, after)) return 'committed'
    if (target.epoch >= undone.epoch) return 'goes-on'
  }
  throw notNow(plan.to)
}

function* unfence(plan: CutoverPlan): Protocol<'goes-on'> {
  const { undone } = ownersOf(plan)
  for (let reread = 0; reread < mostRereads; reread++) {
    const source = yield* ask({ do: 'read-row', step: 'unfence', at: 'source' })
    if (source === undefined || source.epoch >= undone.epoch) return 'goes-on'
    const { owner, epoch } = source
    const moved = yield* ask({ do: 'move', step: 'unfence', at: 'source', expected: { owner, epoch }, next: undone })
    if (moved === 'moved') return 'goes-on'
  }
  throw notNow(undone.owner)
}

function* learn(plan: CutoverPlan): Protocol<void> {
  const { moving, after } = ownersOf(plan)
  const moved = yield* ask({ do: 'move', step: 'learn', at: 'source', expected: moving, next: after })
  if (moved === 'moved') return
  const source = yield* ask({ do: 'read-row', step: 'learn', at: 'source' })
  if (isAt(source, after) || (source !== undefined && source.epoch > after.epoch)) return
  throw notNow('the old owner')
}

// The arbiter's intent goes last: as long as it stands, no other cutover begins and a recovery goes on.
function* forget(epoch: number): Protocol<void> {
  yield* ask({ do: 'clear-intent', step: 'release', at: 'source', epoch })
  yield* ask({ do: 'clear-intent', step: 'release', at: 'target', epoch })
}

function* noting(troubles: unknown[], part: Protocol<unknown>): Protocol<void> {
  try {
    yield* part
  } catch (trouble) {
    troubles.push(trouble)
  }
}

function endedByAnother(plan: CutoverPlan, target: RowSeen | undefined): Ending {
  return { outcome: isAt(target, ownersOf(plan).after) ? 'done' : 'undone', hold: undefined }
}

function notNow(where: string): Fault {
  return new Fault(
    'cutover-locked',
    `the owner row in the database of ${where} could not be written: it stayed locked`,
    {
      hint: 'the cutover stays pending, and the sync worker tries again; `banyan cutover` does it at once',
    },
  )
}

function notToldYet(plan: CutoverPlan, troubles: readonly unknown[]): Fault {
  const { owner } = ownersOf(plan).undone
  return new Fault(
    'cutover-undone-in-part',
    `the cutover does not happen, ${owner} owns as before, but not every database knows: ${troubles.map(messageOf).join('; ')}`,
    {
      hint: 'nothing is lost. The sync worker tells them when they answer again; `banyan cutover` does it at once',
      cause: troubles[0],
    },
  )
}

function unfinished({ to }: CutoverPlan, troubles: readonly unknown[]): Fault {
  const what = troubles.map(messageOf).join('; ')
  return new Fault('cutover-unfinished', `${to} owns the data now, but not everybody knows: ${what}`, {
    hint: 'nothing is lost. The sync worker goes on with it by itself; `banyan cutover` does it at once',
    cause: troubles[0],
  })
}
