import type { Arm } from './action.ts'
import type { HoldReport } from './edges.ts'
import type { StepName } from './steps.ts'

/** One step that was gone through, or that a fault ended. */
export interface StepReport {
  readonly name: StepName
  /** Its number in the protocol; undefined for the two that only an undo has. */
  readonly number: number | undefined
  readonly does: string
  readonly tookMs: number
  /** What it saw and did, for people: `12 aggregates, up to 4711`. */
  readonly saw: string
  /** False: it was ended by a fault, which `saw` tells. */
  readonly ok: boolean
}

/** How a cutover went. */
export interface CutoverReport {
  readonly id: string
  readonly to: Arm
  /** Who owns the data now, and its epoch. */
  readonly owner: Arm
  readonly epoch: number
  /** `undone`: the old owner owns as before, and nothing else has changed. */
  readonly outcome: 'done' | 'undone'
  /** Why it was undone, and what to do; undefined when it is done. */
  readonly why: string | undefined
  readonly hint: string | undefined
  readonly steps: readonly StepReport[]
  /** What the edges say of the requests that they held; undefined when none was asked to hold, or another coordinator released them. */
  readonly hold: HoldReport | undefined
  /** From the first edge's hold to the release, in ms; undefined when nothing was held. */
  readonly holdMs: number | undefined
  /** Aggregates that the old owner had changed and that were applied behind the fence. */
  readonly tail: number
  /** Writes that were acknowledged and are lost: none, or the cutover would not be done. `lostHow` says how that is known. */
  readonly lost: 0
  readonly lostHow: string
}

/** What a recovery or a cancel came to. */
export interface Recovered {
  readonly id: string
  readonly to: Arm
  readonly outcome: 'done' | 'undone'
  readonly owner: Arm
  readonly epoch: number
  /** Whose cutover it was. */
  readonly coordinator: string
  readonly steps: readonly StepReport[]
  readonly hold: HoldReport | undefined
}
