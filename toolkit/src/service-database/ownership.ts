import { Fault } from '../base/index.ts'

/** Who may write a capability's data now; `moving` while a cutover is under way, when nobody may. */
export type Owner = 'legacy' | 'moving' | 'service'

/** The owner with its epoch, which grows at each move. */
export interface OwnerNow {
  readonly owner: Owner
  readonly epoch: number
}

/** Tells who owns a capability, asked of the same database transaction that is about to write. */
export interface Ownership<Database> {
  readonly capability: string
  now(database: Database): Promise<OwnerNow>
}

/** Passes when the service owns the capability (law 3); else throws `not-the-owner`, or `owner-moving`, with the remedy. */
export function assertServiceOwns(capability: string, { owner, epoch }: OwnerNow): void {
  switch (owner) {
    case 'service':
      return
    case 'moving':
      throw new Fault('owner-moving', `${capability} is moving to another owner (epoch ${epoch})`, {
        hint: 'send the request again in a second',
      })
    case 'legacy':
      throw new Fault(
        'not-the-owner',
        `${capability} is owned by legacy (epoch ${epoch}), so this service may not write it`,
        { hint: `write through the edge, or move ownership: banyan cutover ${capability} --to service` },
      )
    default: {
      const never: never = owner
      throw new Error(`no such owner: ${String(never)}`)
    }
  }
}
