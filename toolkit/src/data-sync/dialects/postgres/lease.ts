import { exitCodes, Fault } from '../../../base/index.ts'
import type { Lease, LeaseRow, LeaseStore, LeaseWish } from '../../ports/lease.ts'
import type { PostgresConnection } from './connection.ts'
import { own } from './names.ts'
import type { PostgresSession, TextRow } from './session.ts'
import { hasTable } from './state.ts'

const table = own('banyan_sync_lease')
const columns = 'holder, epoch, expires_at, heartbeat_at, trouble, process'

/** The lease of a job, kept in the target. */
export function buildPostgresLeases(connection: PostgresConnection, job: string): LeaseStore {
  return {
    acquire: (wish) => connection.write((session) => acquire(session, job, wish)),
    renew: (lease, now, { leaseMs, trouble }) =>
      connection.write(async (session) => {
        const sql = `UPDATE ${table} SET expires_at = $1, heartbeat_at = $2, trouble = $3 WHERE job = $4 AND epoch = $5 AND holder = $6`
        const renewed = await session.run(sql, now + leaseMs, now, trouble, job, lease.epoch, lease.holder)
        if (renewed === 0) throw leaseLost(job, lease, await readLease(session, job))
      }),
    release: (lease, now) =>
      connection.write(async (session) => {
        const sql = `UPDATE ${table} SET expires_at = 0, heartbeat_at = $1 WHERE job = $2 AND epoch = $3 AND holder = $4`
        await session.run(sql, now, job, lease.epoch, lease.holder)
      }),
    read: () =>
      connection.ask(async (session) =>
        (await hasTable(session, 'banyan_sync_lease')) ? await readLease(session, job) : undefined,
      ),
  }
}

// A save holds the row FOR KEY SHARE until it commits: that lets renewals through, and makes whoever takes the lease wait.
async function acquire(
  session: PostgresSession,
  job: string,
  wish: LeaseWish,
): Promise<Lease | { readonly heldBy: LeaseRow }> {
  await session.run(
    `INSERT INTO ${table} (job, holder, epoch, expires_at, heartbeat_at) VALUES ($1, '', 0, 0, 0) ON CONFLICT DO NOTHING`,
    job,
  )
  const held = toLease((await session.row(`SELECT ${columns} FROM ${table} WHERE job = $1 FOR UPDATE`, job)) ?? [])
  if (held.expiresAt > wish.now && held.epoch !== wish.ended) return { heldBy: held }
  const epoch = held.epoch + 1
  const sql = `UPDATE ${table} SET holder = $2, epoch = $3, expires_at = $4, heartbeat_at = $5, trouble = NULL, process = $6 WHERE job = $1`
  await session.run(sql, job, wish.holder, epoch, wish.now + wish.leaseMs, wish.now, wish.process)
  return { holder: wish.holder, epoch }
}

async function readLease(session: PostgresSession, job: string): Promise<LeaseRow | undefined> {
  const row = await session.row(`SELECT ${columns} FROM ${table} WHERE job = $1 AND epoch > 0`, job)
  return row === undefined ? undefined : toLease(row)
}

function toLease([holder, epoch, expiresAt, heartbeatAt, trouble, process]: TextRow): LeaseRow {
  return {
    holder: String(holder),
    epoch: Number(epoch),
    expiresAt: Number(expiresAt),
    heartbeatAt: Number(heartbeatAt),
    trouble: trouble ?? undefined,
    process: process ?? undefined,
  }
}

/** What a worker meets whose lease is another's. */
export function leaseLost(job: string, lease: Lease, held: { readonly holder: string } | undefined): Fault {
  const message = `${lease.holder} no longer holds the lease of ${job}: ${held?.holder ?? 'nobody'} does`
  return new Fault('sync-lease-lost', message, {
    hint: 'this worker was paused for longer than its lease; nothing of it was written since. Start it again to take over',
    exitCode: exitCodes.refused,
  })
}
