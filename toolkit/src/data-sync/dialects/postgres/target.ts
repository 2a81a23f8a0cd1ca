import type { AggregateTables } from '../../capability.ts'
import type { Place } from '../../ports/database.ts'
import type { QuarantineStore } from '../../ports/quarantine.ts'
import type { SaveGuard, SyncTarget, TargetTransaction } from '../../ports/target.ts'
import type { Catalog } from './catalog.ts'
import type { PostgresConnection } from './connection.ts'
import * as jobs from './job.ts'
import { comparing, keyShape } from './key-text.ts'
import { buildPostgresLeases, leaseLost } from './lease.ts'
import { fenceLock, literal, lockKey, own } from './names.ts'
import { assertEpoch } from './owner-row.ts'
import { holdersOf } from './park.ts'
import { isBefore } from './position.ts'
import { countQuarantined, isQuarantineEmpty, listQuarantined, releaseKeys, setAside } from './quarantine.ts'
import { buildPostgresReader, loadAggregates } from './reader.ts'
import { addRequests, listRequests, type SeenRequests, settleRequests } from './requests.ts'
import { saveEach, saveGroup } from './save.ts'
import type { PostgresSession } from './session.ts'
import { createStateTables, hasState } from './state.ts'

/** What a PostgreSQL target is built from. */
export interface TargetParts {
  readonly connection: PostgresConnection
  readonly catalog: Catalog
  readonly place: Place
  readonly tables: AggregateTables
  /** Statements that mark the transaction of a save as the sync's own, beside the setting that triggers read. */
  readonly mark?: string
}

/** A PostgreSQL database as the side that is written. */
export function buildPostgresTarget(parts: TargetParts): SyncTarget {
  const { connection, catalog, place, tables } = parts
  const job = `${place.capability} to ${place.arm}`
  const seen: SeenRequests = new Map()
  let emptyUnder: number | undefined
  const creating = `SELECT pg_catalog.pg_advisory_xact_lock(${lockKey('state')})`
  // The save shares the fence's lock with the writers: whoever moves the ownership waits for both.
  const begin = `SET LOCAL banyan.origin = ${literal(place.capability)};${parts.mark ?? ''}
    SELECT pg_catalog.pg_advisory_xact_lock_shared(${fenceLock(place.capability)})`

  async function prepare(): Promise<void> {
    const ready = await connection.read((session) => hasState(session, job))
    if (!ready) await connection.write((session) => createStateTables(session, job), creating)
  }

  return {
    reader: buildPostgresReader(connection, catalog, tables),
    leases: buildPostgresLeases(connection, job),
    prepare,
    readJob: () => connection.ask((session) => jobs.readJobState(session, job)),
    wantBackfill: () => connection.write((session) => jobs.markBackfillWanted(session, job)),
    writeSettings: (settings) =>
      connection.write((session) =>
        jobs.writeText(session, job, { column: 'settings', text: JSON.stringify(settings) }),
      ),
    writeVerified: (text) => connection.write((session) => jobs.writeText(session, job, { column: 'verified', text })),
    startFrom: async (feed, position) => {
      await prepare()
      await connection.write(async (session) => {
        const state = await jobs.readJobState(session, job)
        if (state.feed === feed && state.position !== undefined && isBefore(position, state.position)) return
        await jobs.writeCheckpoint(session, job, { feed, position, beatAt: undefined })
      })
    },
    request: (keys) => connection.write((session) => addRequests(session, job, keys)),
    requested: (limit) => connection.ask((session) => listRequests(session, job, { limit, seen })),
    quarantined: (limit) => connection.ask((session) => listQuarantined(session, job, limit)),
    countQuarantined: () => connection.ask((session) => countQuarantined(session, job)),
    transaction: (guard, work) =>
      connection.write(async (session) => {
        await assertGuard(session, guard)
        return await work(buildTransaction(session, guard.lease.epoch))
      }, begin),
  }

  // In a statement of its own, after the lock: at READ COMMITTED it sees what was committed while the lock was waited for.
  async function assertGuard(session: PostgresSession, { lease, epoch }: SaveGuard): Promise<void> {
    const row = await session.row(
      `SELECT holder, epoch, (SELECT owner || ' ' || epoch FROM ${own('banyan_owner')} WHERE capability = $2)
       FROM ${own('banyan_sync_lease')} WHERE job = $1 FOR KEY SHARE`,
      job,
      place.capability,
    )
    const [holder, held, owner = null] = row ?? []
    if (holder !== lease.holder || held !== String(lease.epoch))
      throw leaseLost(job, lease, typeof holder === 'string' ? { holder } : undefined)
    assertEpoch(place, owner, epoch)
  }

  function buildTransaction(session: PostgresSession, epoch: number): TargetTransaction {
    return {
      quarantine: buildQuarantine(session, epoch),
      load: async (keys) => loadAggregates(session, await catalog.shapes(tables), keys),
      save: async (changes) => await saveEach(session, await catalog.shapes(tables), changes),
      saveTogether: async (changes) => await saveGroup(session, await catalog.shapes(tables), changes),
      holdersOf: async (next) => await holdersOf(session, await catalog.shapes(tables), next),
      holdsNoneBetween: async (first, last) => {
        const { root } = await catalog.shapes(tables)
        const key = keyShape(root, tables.key)
        const from = comparing(key, '>=', { key: first })
        const to = comparing(key, '<=', { key: last, start: key.length + 1 })
        const sql = `SELECT 1 FROM ${root.sql} WHERE ${from.sql} AND ${to.sql} LIMIT 1`
        return (await session.row(sql, ...from.parameters, ...to.parameters)) === undefined
      },
      writeCheckpoint: (feed, position, beatAt) => jobs.writeCheckpoint(session, job, { feed, position, beatAt }),
      writeBackfill: (state) => jobs.writeBackfillState(session, job, state),
      settleRequests: (keys) => settleRequests(session, job, { keys, seen }),
    }
  }

  // Nobody but the holder of the lease sets aside, so that what is empty under its epoch stays so until it does.
  function buildQuarantine(session: PostgresSession, epoch: number): QuarantineStore {
    return {
      setAside: async (entry, now) => {
        emptyUnder = undefined
        await setAside(session, job, { ...entry, now })
      },
      release: async (keys) => {
        if (emptyUnder === epoch) return
        if (await isQuarantineEmpty(session, job)) emptyUnder = epoch
        else await releaseKeys(session, job, keys)
      },
    }
  }
}
