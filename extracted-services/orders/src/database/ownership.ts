import { ownershipIn as inDatabase, type Owner, type Ownership } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'

/** Who owns orders: their row in `banyan_owner`, `fallback` where there is none. */
export function ownershipIn(fallback: Owner): Ownership<Knex> {
  return inDatabase('orders', fallback)
}
