import type { AggregateTables } from '../../capability.ts'
import { keyParts } from '../../key.ts'
import type { Place } from '../../ports/database.ts'
import type { QuarantineStore } from '../../ports/quarantine.ts'
import type { SaveGuard, SyncTarget, TargetTransaction } from '../../ports/target.ts'
import type { SqliteConnection } from './connection.ts'
import { quoted, type SqliteHandle } from './handle.ts'
import * as jobs from './job.ts'
import { comparing } from './key-text.ts'
import { assertLease, buildSqliteLeases } from './lease.ts'
import { assertEpoch } from './owner-row.ts'
import { holdersOf } from './park.ts'
import { countQuarantined, listQuarantined, releaseKeys, setAside } from './quarantine.ts'
import { buildSqliteReader, loadAggregates } from './reader.ts'
import { addRequests, listRequests, type SeenRequests, settleRequests } from './requests.ts'
import { saveEach, saveGroup } from './save.ts'

/** An SQLite database as the side that is written. */
export function buildSqliteTarget(connection: SqliteConnection, place: Place, tables: AggregateTables): SyncTarget {
  const job = `${place.capability} to ${place.arm}`
  const seen: SeenRequests = new Map()
  const root = quoted(tables.root)
  return {
    reader: buildSqliteReader(connection, tables),
    leases: buildSqliteLeases(connection, job),
    prepare: async () => {
      const ready = await connection.read((handle) => jobs.hasState(handle, job))
      if (!ready) await connection.write((handle) => jobs.createStateTables(handle, job))
    },
    readJob: () => connection.read((handle) => jobs.readJobState(handle, job)),
    wantBackfill: () => connection.write((handle) => jobs.markBackfillWanted(handle, job)),
    writeSettings: (settings) => connection.write((handle) => jobs.writeSettings(handle, job, settings)),
    writeVerified: (report) => connection.write((handle) => jobs.writeVerified(handle, job, report)),
    startFrom: (feed, position) => connection.write((handle) => jobs.startFrom(handle, job, { feed, position })),
    request: (keys) => connection.write((handle) => addRequests(handle, job, keys)),
    requested: (limit) => connection.read((handle) => listRequests(handle, job, { limit, seen })),
    quarantined: (limit) => connection.read((handle) => listQuarantined(handle, job, limit)),
    countQuarantined: () => connection.read((handle) => countQuarantined(handle, job)),
    transaction: (guard, work) => connection.write((handle) => guarded(handle, guard, work)),
  }

  async function guarded<Result>(
    handle: SqliteHandle,
    { lease, epoch }: SaveGuard,
    work: (transaction: TargetTransaction) => Promise<Result>,
  ): Promise<Result> {
    assertLease(handle, job, lease)
    assertEpoch(handle, place, epoch)
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
      holdsNoneBetween: async (first, last) => {
        const sql = `SELECT 1 FROM ${root} WHERE ${comparing(tables.key, '>=')} AND ${comparing(tables.key, '<=')} LIMIT 1`
        return handle.row(sql, ...keyParts(first), ...keyParts(last)) === undefined
      },
      writeCheckpoint: async (feed, position, beatAt) => jobs.writeCheckpoint(handle, job, { feed, position, beatAt }),
      writeBackfill: async (state) => jobs.writeBackfillState(handle, job, state),
      settleRequests: async (keys) => settleRequests(handle, job, { keys, seen }),
    }
  }

  function buildQuarantine(handle: SqliteHandle): QuarantineStore {
    return {
      setAside: async (entry, now) => setAside(handle, job, { ...entry, now }),
      release: async (keys) => releaseKeys(handle, job, keys),
    }
  }
}
