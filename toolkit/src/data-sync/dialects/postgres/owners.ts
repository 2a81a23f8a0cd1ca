import type { CoveredColumns } from '../../../anti-corruption/index.ts'
import type { AggregateTables } from '../../capability.ts'
import type { Place } from '../../ports/database.ts'
import type { CutoverIntent, OwnerAt, OwnerRow, OwnerStore } from '../../ports/owner.ts'
import { changeSchema, withBriefLocks } from './brief-locks.ts'
import { capturedTables } from './capture.ts'
import type { Catalog } from './catalog.ts'
import type { PostgresConnection } from './connection.ts'
import { fenceTriggers } from './fence.ts'
import { fenceLock, lockKey, own } from './names.ts'
import { compactObserved, forgetObserved, listObserved, observedTable } from './observed.ts'
import type { PostgresSession } from './session.ts'
import { hasTable, ownerTable } from './state.ts'
import { areInstalled, dropTriggers, installTriggers, type Trigger } from './triggers.ts'

/** What an owner store is built from. */
export interface OwnerParts {
  readonly connection: PostgresConnection
  readonly catalog: Catalog
  readonly place: Place
  readonly tables: AggregateTables
  /** The columns that the translator covers; undefined: all. */
  readonly owned: CoveredColumns | undefined
}

const table = own('banyan_owner')

/** Ownership of a capability in a PostgreSQL database. */
export function buildPostgresOwners({ connection, catalog, place, tables, owned }: OwnerParts): OwnerStore {
  const { capability } = place
  const owner = `fence ${capability}_${place.arm}`

  return {
    install,
    remove: () => changeSchema(connection, `removing the fence of ${capability}`, remove),
    read: () => connection.read(readRow),
    move: async (expected, next, { withinMs }) => {
      const moved = await withBriefLocks(connection, withinMs, (session) => move(session, expected, next))
      return moved?.result ?? 'busy'
    },
    writeIntent: (expected, intent) => connection.write((session) => writeIntent(session, expected, intent)),
    setFence: async (mode, bounds) => {
      await install()
      const set = (session: PostgresSession) =>
        session.run(`UPDATE ${table} SET fence = $2 WHERE capability = $1`, capability, mode)
      await changeSchema(connection, `setting the fence of ${capability}`, set, bounds)
    },
    observed: async () => {
      await connection.write((session) => compactObserved(session, capability))
      return await connection.read((session) => listObserved(session, capability))
    },
    forgetObserved: () => connection.write((session) => forgetObserved(session, capability)),
  }

  async function install(): Promise<void> {
    for (const { table: name } of capturedTables(tables)) await catalog.look(name)
    const triggers = fenceTriggers(place, await catalog.shapes(tables), owned)
    if (await connection.read((session) => isComplete(session, triggers))) return
    await changeSchema(connection, `installing the fence of ${capability}`, async (session) => {
      await session.exec(`SELECT pg_catalog.pg_advisory_xact_lock(${lockKey('install')})`)
      if (await isComplete(session, triggers)) return
      await session.exec(ownerTable + observedTable)
      const sql = `INSERT INTO ${table} (capability, owner, epoch) VALUES ($1, 'legacy', 0) ON CONFLICT DO NOTHING`
      await session.run(sql, capability)
      if (!(await areInstalled(session, owner, triggers))) await installTriggers(session, owner, triggers)
    })
  }

  async function isComplete(session: PostgresSession, triggers: readonly Trigger[]): Promise<boolean> {
    if ((await readRow(session)) === undefined || !(await hasTable(session, 'banyan_observed'))) return false
    return await areInstalled(session, owner, triggers)
  }

  // The table stays while a job's state is here: its saves look into it.
  async function remove(session: PostgresSession): Promise<void> {
    await dropTriggers(session, owner)
    await forgetObserved(session, capability)
    if (!(await hasTable(session, 'banyan_owner'))) return
    await session.run(`DELETE FROM ${table} WHERE capability = $1`, capability)
    if ((await session.row(`SELECT 1 FROM ${table} LIMIT 1`)) !== undefined) return
    await session.exec(`DROP TABLE IF EXISTS ${own('banyan_observed')}`)
    if (!(await hasTable(session, 'banyan_sync_job'))) await session.exec(`DROP TABLE ${table}`)
  }

  async function readRow(session: PostgresSession, lock: 'FOR NO KEY UPDATE' | '' = ''): Promise<OwnerRow | undefined> {
    if (!(await hasTable(session, 'banyan_owner'))) return undefined
    const sql = `SELECT owner, epoch, fence, intent FROM ${table} WHERE capability = $1 ${lock}`
    const row = await session.row(sql, capability)
    if (row === undefined) return undefined
    const [name, epoch, fence, intent] = row
    return {
      owner: name === 'service' || name === 'moving' ? name : 'legacy',
      epoch: Number(epoch),
      fence: fence === 'observe' || fence === 'off' ? fence : 'enforce',
      intent: parseIntent(intent),
    }
  }

  async function move(session: PostgresSession, expected: OwnerAt, next: OwnerAt): Promise<'moved' | 'changed'> {
    // Only who takes a right to write away waits for those who use it: an undo must not wait for the writer that it was undone for.
    const takesAway = expected.owner !== 'moving' && next.owner !== expected.owner
    if (takesAway) await session.exec(`SELECT pg_catalog.pg_advisory_xact_lock(${fenceLock(capability)})`)
    const present = await readRow(session, 'FOR NO KEY UPDATE')
    if (present?.owner !== expected.owner || present.epoch !== expected.epoch) return 'changed'
    const sql = `UPDATE ${table} SET owner = $2, epoch = $3 WHERE capability = $1`
    await session.run(sql, capability, next.owner, next.epoch)
    return 'moved'
  }

  // FOR NO KEY UPDATE, as the UPDATE takes it: writers that share the row are let through.
  async function writeIntent(
    session: PostgresSession,
    expected: { readonly epoch: number; readonly id: string | undefined },
    intent: CutoverIntent | undefined,
  ): Promise<boolean> {
    if (!(await hasTable(session, 'banyan_owner'))) return false
    const sql = `SELECT epoch, intent FROM ${table} WHERE capability = $1 FOR NO KEY UPDATE`
    const row = await session.row(sql, capability)
    if (row === undefined || Number(row[0]) !== expected.epoch || idOf(row[1]) !== expected.id) return false
    const text = intent === undefined ? null : JSON.stringify(intent)
    await session.run(`UPDATE ${table} SET intent = $2 WHERE capability = $1`, capability, text)
    return true
  }
}

function idOf(intent: string | null | undefined): string | undefined {
  return parseIntent(intent)?.id
}

function parseIntent(text: string | null | undefined): CutoverIntent | undefined {
  if (typeof text !== 'string') return undefined
  const intent = JSON.parse(text) as CutoverIntent
  return { ...intent, process: intent.process }
}
