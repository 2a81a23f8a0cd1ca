import { exitCodes, Fault } from '../../../base/index.ts'
import type { Lease, LeaseRow, LeaseStore, LeaseWish } from '../../ports/lease.ts'
import type { SqliteConnection } from './connection.ts'
import type { SqliteHandle } from './handle.ts'
import { hasTable, readColumns } from './schema.ts'

/** The lease of a job, kept in the target. */
export function buildSqliteLeases(connection: SqliteConnection, job: string): LeaseStore {
  return {
    acquire: (wish) => connection.write((handle) => acquire(handle, wish)),
    renew: (lease, now, { leaseMs, trouble }) =>
      connection.write((handle) => {
        const sql = `UPDATE banyan_sync_lease SET expires_at = ?, heartbeat_at = ?, trouble = ? WHERE job = ? AND epoch = ? AND holder = ?`
        const renewed = handle.run(sql, now + leaseMs, now, trouble ?? null, job, lease.epoch, lease.holder)
        if (renewed === 0) throw leaseLost(handle, job, lease)
      }),
    release: (lease, now) =>
      connection.write((handle) => {
        const sql =
          'UPDATE banyan_sync_lease SET expires_at = 0, heartbeat_at = ? WHERE job = ? AND epoch = ? AND holder = ?'
        handle.run(sql, now, job, lease.epoch, lease.holder)
      }),
    read: () => connection.read((handle) => readLease(handle, job)),
  }

  function acquire(handle: SqliteHandle, wish: LeaseWish): Lease | { readonly heldBy: LeaseRow } {
    const { holder, now } = wish
    const held = readLease(handle, job)
    if (held !== undefined && held.expiresAt > now && held.epoch !== wish.ended) return { heldBy: held }
    const epoch = (held?.epoch ?? 0) + 1
    const sql = `INSERT OR REPLACE INTO banyan_sync_lease (job, holder, epoch, expires_at, heartbeat_at, process)
      VALUES (?, ?, ?, ?, ?, ?)`
    handle.run(sql, job, holder, epoch, now + wish.leaseMs, now, wish.process ?? null)
    return { holder, epoch }
  }
}

/** Throws `sync-lease-lost` when the lease is another's; to be called within the transaction that it guards. */
export function assertLease(handle: SqliteHandle, job: string, lease: Lease): void {
  const sql = 'SELECT 1 FROM banyan_sync_lease WHERE job = ? AND epoch = ? AND holder = ?'
  if (handle.row(sql, job, lease.epoch, lease.holder) === undefined) throw leaseLost(handle, job, lease)
}

/** Whether leases name the process of their holder: the column came later than the database table. */
export function knowsProcesses(handle: SqliteHandle): boolean {
  return readColumns(handle, 'banyan_sync_lease').some(({ name }) => name === 'process')
}

function readLease(handle: SqliteHandle, job: string): LeaseRow | undefined {
  if (!hasTable(handle, 'banyan_sync_lease')) return undefined
  const mark = knowsProcesses(handle) ? 'process' : 'NULL'
  const columns = `holder, epoch, expires_at, heartbeat_at, trouble, ${mark}`
  const row = handle.row(`SELECT ${columns} FROM banyan_sync_lease WHERE job = ?`, job)
  if (row === undefined) return undefined
  const [holder, epoch, expiresAt, heartbeatAt, trouble, process] = row
  return {
    holder: String(holder),
    epoch: Number(epoch),
    expiresAt: Number(expiresAt),
    heartbeatAt: Number(heartbeatAt),
    trouble: typeof trouble === 'string' ? trouble : undefined,
    process: typeof process === 'string' ? process : undefined,
  }
}

function leaseLost(handle: SqliteHandle, job: string, lease: Lease): Fault {
  const holder = readLease(handle, job)?.holder
  return new Fault(
    'sync-lease-lost',
    `${lease.holder} no longer holds the lease of ${job}: ${holder ?? 'nobody'} does`,
    {
      hint: 'this worker was paused for longer than its lease; nothing of it was written since. Start it again to take over',
      exitCode: exitCodes.refused,
    },
  )
}
