import type { AggregateKey } from '../capability.ts'
import type { FeedPosition } from '../ports/feed.ts'
import type { OwnerAt } from '../ports/owner.ts'
import type { HoldReport } from './edges.ts'
import type { StepName } from './steps.ts'

/** An arm that can own a capability. */
export type Arm = 'legacy' | 'service'

/** One of the two databases of a cutover: that of the arm it leaves, or that of the arm it goes to. The row of `target` is the arbiter. */
export type End = 'source' | 'target'

/** An owner row as the protocol sees it: `intent` is the id of the cutover that is under way there. */
export interface RowSeen extends OwnerAt {
  readonly intent: string | undefined
}

/** What the old owner wrote that may not have been applied yet; complete, for it is read behind the fence. */
export interface Tail {
  /** Keys of the source. */
  readonly keys: readonly AggregateKey[]
  /** The feed's head when the tail was read. */
  readonly through: FeedPosition
}

/** What comparing the aggregates of the tail on both arms came to. */
export interface TailVerified {
  readonly compared: number
  /** `users 7: email: "a" where "b" is expected`; empty: all equal. */
  readonly differences: readonly string[]
}

/** Where the feed of the way back stood when its capture was in place. */
export interface WayBack {
  readonly feed: string
  readonly head: FeedPosition
}

type Act<Name extends keyof ActionResults, Details = unknown> = Readonly<{ do: Name; step: StepName } & Details>

/**
 * What a cutover asks of the world, one at a time: plain data. Production does it over the ports, the model over a world in memory.
 * Each may be done twice, and each may fail in a way that leaves open whether it was done.
 */
export type CutoverAction =
  | Act<'install-owners'>
  | Act<'read-row', { at: End }>
  | Act<'write-intent', { at: End; epoch: number }>
  | Act<'clear-intent', { at: End; epoch: number }>
  | Act<'install-capture'>
  | Act<'note-start', WayBack>
  | Act<'hold', { epoch: number }>
  | Act<'drain', { epoch: number }>
  | Act<'announce-fence', { epoch: number }>
  | Act<'move', { at: End; expected: OwnerAt; next: OwnerAt }>
  | Act<'read-tail'>
  | Act<'request', { keys: readonly AggregateKey[] }>
  | Act<'await-applied', Tail>
  | Act<'verify-tail', { keys: readonly AggregateKey[] }>
  | Act<'hand-over-ids'>
  | Act<'move-owner', { owner: Arm; epoch: number }>
  | Act<'release', { owner: Arm; epoch: number }>

/** What each action gives back. */
export interface ActionResults {
  /** Ownership is installed in both databases. */
  readonly 'install-owners': undefined
  /** Undefined: ownership is not installed there. */
  readonly 'read-row': RowSeen | undefined
  /** From now on the fence there enforces. False: the row is not at this epoch, or another cutover is under way there. */
  readonly 'write-intent': boolean
  /** After an undo the fence does what it did before. False: it is not there any more. */
  readonly 'clear-intent': boolean
  readonly 'install-capture': WayBack
  /** Notes where the way back starts, unless it has a checkpoint of this feed already. */
  readonly 'note-start': undefined
  readonly hold: undefined
  /** False: a write that began before the hold is still in flight. */
  readonly drain: boolean
  /** False: a hold is no longer there. */
  readonly 'announce-fence': boolean
  readonly move: 'moved' | 'changed' | 'busy'
  readonly 'read-tail': Tail
  readonly request: undefined
  /** False: not within the bound. */
  readonly 'await-applied': boolean
  readonly 'verify-tail': TailVerified
  /** The ids above which the new owner hands out its own, by their column. */
  readonly 'hand-over-ids': Readonly<Record<string, string>>
  readonly 'move-owner': undefined
  readonly release: HoldReport
}

/** A part of the protocol: yields actions, is sent their results (or has their fault thrown into it), and returns what came of it. */
export type Protocol<Result> = Generator<CutoverAction, Result, unknown>

/** Yields one action and gives its result the type that belongs to it; whoever runs the protocol answers for that. */
export function* ask<Action extends CutoverAction>(action: Action): Protocol<ActionResults[Action['do']]> {
  return (yield action) as ActionResults[Action['do']]
}
