import type { AggregateTables } from '../../capability.ts'
import type { Place } from '../../ports/database.ts'
import type { Lease } from '../../ports/lease.ts'
import type { QuarantineStore } from '../../ports/quarantine.ts'
import type { SyncTarget, TargetTransaction } from '../../ports/target.ts'
import type { SqliteConnection } from './connection.ts'
import type { SqliteHandle } from './handle.ts'
import * as jobs from './job.ts'
import { assertLease, buildSqliteLeases } from './lease.ts'
import { holdersOf } from './park.ts'
import { countQuarantined, listQuarantined, releaseKeys, setAside } from './quarantine.ts'
import { buildSqliteReader, loadAggregates } from './reader.ts'
import { saveEach, saveGroup } from './save.ts'

/** An SQLite database as the side that is written. */
export function buildSqliteTarget(connection: SqliteConnection, place: Place, tables: AggregateTables): SyncTarget {
  const job = `${place.capability} to ${place.arm}`
  return {
    reader: buildSqliteReader(connection, tables),
    leases: buildSqliteLeases(connection, job),
    prepare: async () => {
      const ready = await connection.read((handle) => jobs.hasState(handle, job))
      if (!ready) await connection.write((handle) => jobs.createStateTables(handle, job))
    },
    readJob: () => connection.read((handle) => jobs.readJobState(handle, job)),
    wantBackfill: () => connection.write((handle) => jobs.markBackfillWanted(handle, job)),
    quarantined: (limit) => connection.read((handle) => listQuarantined(handle, job, limit)),
    countQuarantined: () => connection.read((handle) => countQuarantined(handle, job)),
    transaction: (lease, work) => connection.write((handle) => guarded(handle, lease, work)),
  }

  async function guarded<Result>(
    handle: SqliteHandle,
    lease: Lease,
    work: (transaction: TargetTransaction) => Promise<Result>,
  ): Promise<Result> {
    assertLease(handle, job, lease)
    handle.run('UPDATE banyan_origin SET origin = ?', place.capability)
    const result = await work(buildTransaction(handle))
    handle.run('UPDATE banyan_origin SET origin = NULL')
    return result
  }

  function buildTransaction(handle: SqliteHandle): TargetTransaction {
    return {
      quarantine: buildQuarantine(handle),
      load: async (keys) => loadAggregates(handle, tables, keys),
      save: async (changes) => saveEach(handle, tables, changes),
      saveTogether: async (changes) => saveGroup(handle, tables, changes),
      holdersOf: async (next) => holdersOf(handle, tables, next),
      writeCheckpoint: async (feed, position) => jobs.writeCheckpoint(handle, job, { feed, position }),
      writeBackfill: async (state) => jobs.writeBackfillState(handle, job, state),
    }
  }

  function buildQuarantine(handle: SqliteHandle): QuarantineStore {
    return {
      setAside: async (entry, now) => setAside(handle, job, { ...entry, now }),
      release: async (keys) => releaseKeys(handle, job, keys),
    }
  }
}
