import type { CoveredColumns } from '../../../anti-corruption/index.ts'
import { Fault } from '../../../base/index.ts'
import type { AggregateTables } from '../../capability.ts'
import type { Place } from '../../ports/database.ts'
import type { FenceMode, OwnerStore } from '../../ports/owner.ts'
import type { SqliteConnection } from './connection.ts'
import { fencedTables, fenceTriggers } from './fence-triggers.ts'
import type { SqliteHandle } from './handle.ts'
import { forgetObserved, listObserved, observedTable } from './observed.ts'
import { createOrigin, dropUnusedOrigin } from './origin.ts'
import { createOwner, moveOwner, readOwner, removeOwner, writeFence, writeIntent } from './owner-row.ts'
import { hasTable, readColumns, readUniqueKeys } from './schema.ts'
import { dropTriggers, readTriggers, sameTriggers, type Trigger } from './trigger.ts'

/**
 * Ownership of a capability in an SQLite database. There is one writer at a time, and it sees the owner row as it is when it writes: so `move`
 * needs no lock of its own, it is a write transaction like any other.
 */
export function buildSqliteOwners(
  connection: SqliteConnection,
  place: Place,
  owns: { readonly tables: AggregateTables; readonly owned: CoveredColumns | undefined },
): OwnerStore {
  const { capability } = place
  const prefix = `banyan_fence_${capability}_`

  return {
    install: async () => {
      const complete = await connection.read(isComplete)
      if (!complete) await connection.write(create)
    },
    remove: () => connection.write(remove),
    read: () => connection.read((handle) => readOwner(handle, capability)),
    move: async (expected, next, { withinMs }) =>
      await connection
        .write((handle) => (moveOwner(handle, capability, { expected, next }) ? 'moved' : 'changed'), withinMs)
        .catch(sayBusy),
    writeIntent: (expected, intent) =>
      connection.write((handle) => writeIntent(handle, capability, { expected, intent })),
    setFence: (mode, bounds) =>
      connection.write((handle) => {
        create(handle)
        writeFence(handle, capability, mode)
        renewTriggers(handle)
      }, bounds?.withinMs),
    observed: () => connection.read((handle) => listObserved(handle, capability)),
    forgetObserved: () => connection.write((handle) => forgetObserved(handle, capability)),
  }

  function isComplete(handle: SqliteHandle): boolean {
    const present = readOwner(handle, capability)
    if (present === undefined || !hasTable(handle, 'banyan_observed')) return false
    return sameTriggers(readTriggers(handle, prefix), wanted(handle, present.fence))
  }

  function create(handle: SqliteHandle): void {
    createOrigin(handle)
    handle.exec(observedTable)
    createOwner(handle, capability)
    renewTriggers(handle)
  }

  function renewTriggers(handle: SqliteHandle): void {
    const triggers = wanted(handle, readOwner(handle, capability)?.fence ?? 'enforce')
    if (sameTriggers(readTriggers(handle, prefix), triggers)) return
    dropTriggers(handle, prefix)
    for (const { sql } of triggers) handle.exec(sql)
  }

  function wanted(handle: SqliteHandle, mode: FenceMode): readonly Trigger[] {
    const schema = {
      columnsOf: (table: string) => readColumns(handle, table),
      uniqueKeysOf: (table: string) => readUniqueKeys(handle, table),
    }
    return fencedTables(owns.tables, owns.owned, schema).flatMap((fenced) =>
      fenceTriggers(prefix, place, { ...fenced, mode }),
    )
  }

  function remove(handle: SqliteHandle): void {
    dropTriggers(handle, prefix)
    forgetObserved(handle, capability)
    removeOwner(handle, capability)
    if (!hasTable(handle, 'banyan_owner')) handle.exec('DROP TABLE IF EXISTS banyan_observed')
    dropUnusedOrigin(handle)
  }
}

function sayBusy(thrown: unknown): 'busy' {
  if (thrown instanceof Fault && thrown.code === 'sync-database-busy') return 'busy'
  throw thrown
}
