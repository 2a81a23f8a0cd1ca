import type { Knex } from 'knex'
import type { Owner, Ownership } from './ownership.ts'

const owners: readonly Owner[] = ['legacy', 'moving', 'service']

/**
 * Who owns a capability: its row in this database's `banyan_owner`, which a cutover writes; `fallback` where there is no such row,
 * as when no sync was ever installed or the service stands alone.
 */
export function ownershipIn(capability: string, fallback: Owner): Ownership<Knex> {
  let installed = false
  return {
    capability,
    async now(db) {
      installed ||= await db.schema.hasTable('banyan_owner')
      const row = installed ? await db('banyan_owner').where({ capability }).first('owner', 'epoch') : undefined
      const owner = owners.find((known) => known === row?.owner)
      return owner === undefined ? { owner: fallback, epoch: 0 } : { owner, epoch: Number(row?.epoch) }
    },
  }
}
