import type { Knex } from 'knex'
import type { Owner, Ownership } from '../domain/ownership.ts'

const owners: readonly Owner[] = ['legacy', 'moving', 'service']

/**
 * Who owns users: the row of `users` in this database's `banyan_owner`, which a cutover writes; `fallback` where
 * there is no such row, as when no sync was ever installed or the service stands alone.
 */
export function ownershipIn(fallback: Owner): Ownership<Knex> {
  let installed = false
  return {
    async now(db) {
      installed ||= await db.schema.hasTable('banyan_owner')
      const row = installed
        ? await db('banyan_owner').where({ capability: 'users' }).first('owner', 'epoch')
        : undefined
      const owner = owners.find((known) => known === row?.owner)
      return owner === undefined ? { owner: fallback, epoch: 0 } : { owner, epoch: Number(row?.epoch) }
    },
  }
}
