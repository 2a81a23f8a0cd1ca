import type { OwnerAt } from '../ports/owner.ts'
import type { Arm, RowSeen } from './action.ts'

/** One attempt at a cutover: all that its steps, and whoever recovers it, must know. */
export interface CutoverPlan {
  /** Unique per attempt. */
  readonly id: string
  readonly to: Arm
  /** The epoch of the old owner. The new owner gets the next one; an undo takes the one after that. */
  readonly epoch: number
}

/** Who owns the capability before, while and after a cutover, and after its undo. */
export interface OwnersOf {
  readonly before: OwnerAt & { readonly owner: Arm }
  readonly moving: OwnerAt
  readonly after: OwnerAt & { readonly owner: Arm }
  readonly undone: OwnerAt & { readonly owner: Arm }
}

/** The owners of a plan, with their epochs. */
export function ownersOf({ to, epoch }: CutoverPlan): OwnersOf {
  const from = otherArm(to)
  return {
    before: { owner: from, epoch },
    moving: { owner: 'moving', epoch: epoch + 1 },
    after: { owner: to, epoch: epoch + 1 },
    undone: { owner: from, epoch: epoch + 2 },
  }
}

/** The other of the two. */
export function otherArm(arm: Arm): Arm {
  return arm === 'legacy' ? 'service' : 'legacy'
}

/** Whether a row holds exactly this owner at this epoch. */
export function isAt(row: RowSeen | OwnerAt | undefined, at: OwnerAt): boolean {
  return row?.owner === at.owner && row.epoch === at.epoch
}

/** An owner for people: `service (epoch 3)`. */
export function shownOwner(at: OwnerAt | undefined): string {
  return at === undefined ? 'not installed' : `${at.owner} (epoch ${at.epoch})`
}
