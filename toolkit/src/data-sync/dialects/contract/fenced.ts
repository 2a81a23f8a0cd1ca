import assert from 'node:assert/strict'
import type { OwnerAt, OwnerStore } from '../../ports/owner.ts'
import { arrangeCustomers, customers, type DialectLab, type LabConnection, legacy } from './lab.ts'

/** The columns of `customers` that the capability owns: all but `last_order` and `loud`. */
export const owned = { root: ['id', 'name', 'email', 'tier'], children: { addresses: ['id', 'cust_id', 'line'] } }
/** A bound that no test reaches. */
export const soon = { withinMs: 5000 }
/** The owner of a capability that never moved. */
export const start: OwnerAt = { owner: 'legacy', epoch: 0 }
/** The owner after the first move. */
export const away: OwnerAt = { owner: 'service', epoch: 1 }

/** Customers whose ownership is installed, on the arm of `place`. */
export async function fenced(lab: DialectLab, place = legacy) {
  const database = await arrangeCustomers(lab)
  const owners: OwnerStore = database.sync.owners(place, customers, owned)
  assert.equal(await owners.read(), undefined)
  await owners.install()
  const app: LabConnection = database.app
  return { ...database, app, owners }
}
