import { Fault } from '@banyan/toolkit/base'

/** Who may write users now; `moving` while a cutover is under way, when nobody may. */
export type Owner = 'legacy' | 'moving' | 'service'

/** The owner with its epoch, which grows at each move. */
export interface OwnerNow {
  readonly owner: Owner
  readonly epoch: number
}

/** Tells who owns users, asked of the same database transaction that is about to write. */
export interface Ownership<Database> {
  now(database: Database): Promise<OwnerNow>
}

/** Passes when the service owns users (law 3); else throws `not-the-owner` with the owner and the remedy. */
export function assertServiceOwns({ owner, epoch }: OwnerNow): void {
  switch (owner) {
    case 'service':
      return
    case 'moving':
      throw new Fault('not-the-owner', `users are moving to another owner (epoch ${epoch})`, {
        hint: 'send the request again in a second',
      })
    case 'legacy':
      throw new Fault(
        'not-the-owner',
        `users are owned by legacy (epoch ${epoch}), so this service may not write them`,
        {
          hint: 'write through the edge, at /api/customers, or move ownership: banyan cutover users --to service',
        },
      )
    default: {
      const never: never = owner
      throw new Error(`no such owner: ${String(never)}`)
    }
  }
}
