import { exitCodes, Fault, messageOf } from '../../base/index.ts'
import { ask, type Protocol, type Tail } from './action.ts'
import { type CutoverPlan, isAt, otherArm, ownersOf, shownOwner } from './plan.ts'
import { type Ending, goOn, recover, type UndoStep, undoSteps, withdraw } from './recovery.ts'

/** What came of a cutover. */
export interface CutoverEnding extends Ending {
  /** Why it was undone; undefined when it is done. */
  readonly why: unknown
}

/** One step up to the commit. What it finds for those after it stands in `found`. */
export type CutoverStep = (plan: CutoverPlan, found: Found) => Protocol<void>

/** What the steps of one run hand on to each other. */
export interface Found {
  tail: Tail | undefined
}

/** The steps up to the commit, in the order that makes them safe: the model finds what breaks when they are exchanged. */
export const stepsToCommit = {
  intent,
  hold,
  fenced,
  fence,
  tail,
  follow,
  ids,
  commit,
} as const satisfies Readonly<Record<string, CutoverStep>>

/** The steps that a run goes through; those of the protocol, but for the model's mistakes. */
export interface StepLists {
  readonly toCommit: readonly CutoverStep[]
  readonly undo: readonly UndoStep[]
}

/** The protocol as it is. */
export const protocolSteps: StepLists = { toCommit: Object.values(stepsToCommit), undo: undoSteps }

/**
 * Moves the ownership of a capability from one arm to the other, or leaves it where it was. What fails before the commit is undone; after it the
 * cutover goes on to its end. Whether the commit happened is read from the arbiter, for a fault may hide that it did.
 * Throws when it cannot be ended now: then the intent stays, and whoever recovers it goes on.
 */
export function* cutover(plan: CutoverPlan, steps: StepLists = protocolSteps): Protocol<CutoverEnding> {
  const found: Found = { tail: undefined }
  let mayBeCommitted = false
  try {
    for (const step of steps.toCommit) {
      mayBeCommitted ||= step === commit
      yield* step(plan, found)
    }
  } catch (why) {
    if (why instanceof NothingBegun) throw why.cause
    const ending = yield* mayBeCommitted ? recover(plan, steps.undo) : withdraw(plan)
    return { ...ending, why: ending.outcome === 'done' ? undefined : why }
  }
  return { ...(yield* goOn(plan)), why: undefined }
}

/** Carries a fault out of a cutover that has written nothing yet, so that there is nothing to undo. */
class NothingBegun extends Error {}

function* intent(plan: CutoverPlan): Protocol<void> {
  const step = 'intent'
  yield* orNothing(prepare(plan))
  // A lost answer may hide an intent that is there, so from here on everything is undone.
  if (!(yield* ask({ do: 'write-intent', step, at: 'target', epoch: plan.epoch })))
    throw new NothingBegun('', { cause: pending() })
  if (!(yield* ask({ do: 'write-intent', step, at: 'source', epoch: plan.epoch }))) throw pending()
  const wayBack = yield* ask({ do: 'install-capture', step })
  yield* ask({ do: 'note-start', step, ...wayBack })
}

function* prepare(plan: CutoverPlan): Protocol<void> {
  const step = 'intent'
  const { before } = ownersOf(plan)
  yield* ask({ do: 'install-owners', step })
  const source = yield* ask({ do: 'read-row', step, at: 'source' })
  const target = yield* ask({ do: 'read-row', step, at: 'target' })
  if (source?.intent !== undefined || target?.intent !== undefined) throw pending()
  if (!isAt(target, before)) throw ownersDisagree(plan, `the database of ${plan.to} says ${shownOwner(target)}`)
  if (isAt(source, before)) return
  const isBehind = source?.owner === before.owner && source.epoch < before.epoch
  if (!isBehind) throw ownersDisagree(plan, `the database of ${before.owner} says ${shownOwner(source)}`)
  // Ownership was installed anew there: it takes up the epoch that the other database has kept.
  const raised = yield* ask({ do: 'move', step, at: 'source', expected: source, next: before })
  if (raised !== 'moved') throw ownersDisagree(plan, `the database of ${before.owner} could not be brought up to it`)
}

function* orNothing(part: Protocol<void>): Protocol<void> {
  try {
    yield* part
  } catch (cause) {
    throw new NothingBegun(messageOf(cause), { cause })
  }
}

function* hold(plan: CutoverPlan): Protocol<void> {
  const { epoch } = ownersOf(plan).after
  yield* ask({ do: 'hold', step: 'hold', epoch })
  if (yield* ask({ do: 'drain', step: 'hold', epoch })) return
  throw new Fault('cutover-not-drained', 'a write that began before the hold was still in flight at its bound', {
    hint: 'look for slow writes in `banyan status`, then try again; --max-hold gives them longer',
  })
}

function* fenced(plan: CutoverPlan): Protocol<void> {
  const { epoch } = ownersOf(plan).after
  if (yield* ask({ do: 'announce-fence', step: 'fenced', epoch })) return
  throw new Fault('cutover-hold-gone', 'an edge no longer held writes: its hold ran out, or it was restarted', {
    hint: 'try again; --max-hold gives the steps longer',
  })
}

function* fence(plan: CutoverPlan): Protocol<void> {
  const { before, moving } = ownersOf(plan)
  const moved = yield* ask({ do: 'move', step: 'fence', at: 'source', expected: before, next: moving })
  if (moved === 'changed') throw ownerChanged(before.owner)
  if (moved === 'moved') return
  throw new Fault('cutover-writer-open', `a writer kept its transaction open in the database of ${before.owner}`, {
    hint: 'wait for it to end (a nightly job, a person at a prompt), then try again; --max-hold waits longer',
  })
}

function* tail(_plan: CutoverPlan, found: Found): Protocol<void> {
  found.tail = yield* ask({ do: 'read-tail', step: 'tail' })
}

function* follow({ to }: CutoverPlan, { tail }: Found): Protocol<void> {
  if (tail === undefined) return
  const step = 'follow'
  yield* ask({ do: 'request', step, keys: tail.keys })
  if (!(yield* ask({ do: 'await-applied', step, ...tail }))) {
    throw new Fault(
      'cutover-behind',
      `the last ${tail.keys.length} changed aggregates were not applied to ${to} in time`,
      {
        hint: 'see `banyan sync status`: is the worker well? Then try again; --max-hold gives it longer',
      },
    )
  }
  const { compared, differences } = yield* ask({ do: 'verify-tail', step, keys: tail.keys })
  if (differences.length === 0) return
  throw new Fault('cutover-tail-differs', `${differences.length} of ${compared} aggregates differ: ${differences[0]}`, {
    hint: 'run `banyan sync verify` and `banyan sync repair`, then try again',
    exitCode: exitCodes.differences,
  })
}

function* ids(): Protocol<void> {
  yield* ask({ do: 'hand-over-ids', step: 'ids' })
}

function* commit(plan: CutoverPlan): Protocol<void> {
  const { before, after } = ownersOf(plan)
  const moved = yield* ask({ do: 'move', step: 'commit', at: 'target', expected: before, next: after })
  if (moved === 'changed') throw ownerChanged(plan.to)
  if (moved === 'busy') throw new Fault('cutover-target-busy', `the database of ${plan.to} was locked past the bound`)
}

function pending(): Fault {
  return new Fault('cutover-pending', 'another cutover of this capability is under way', {
    hint: 'see `banyan status`. It ends, or is recovered within seconds; --cancel undoes it',
    exitCode: exitCodes.refused,
  })
}

function ownersDisagree(plan: CutoverPlan, what: string): Fault {
  return new Fault(
    'cutover-owner-differs',
    `${otherArm(plan.to)} does not own it at epoch ${plan.epoch} on both arms: ${what}`,
    {
      hint: 'was one of the databases restored from a backup? The owner rows stand in banyan_owner of both',
      exitCode: exitCodes.refused,
    },
  )
}

function ownerChanged(arm: string): Fault {
  return new Fault('cutover-overtaken', `the owner row of ${arm} was moved by another while this cutover ran`, {
    hint: 'another coordinator recovered it: this one was paused for longer than its lease. See `banyan status`',
    exitCode: exitCodes.refused,
  })
}
