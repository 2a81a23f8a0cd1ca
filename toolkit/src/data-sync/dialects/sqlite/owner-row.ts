import { exitCodes, Fault } from '../../../base/index.ts'
import type { Place } from '../../ports/database.ts'
import type { CutoverIntent, FenceMode, Owner, OwnerAt, OwnerRow } from '../../ports/owner.ts'
import type { SqliteHandle } from './handle.ts'
import { hasTable } from './schema.ts'

/** The database table of owner rows: one per capability. */
export const ownerTable = `
  CREATE TABLE IF NOT EXISTS banyan_owner (
    capability TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, epoch INTEGER NOT NULL, fence TEXT NOT NULL, intent TEXT
  ) WITHOUT ROWID;`

/** The owner row of a capability; undefined where ownership is not installed. */
export function readOwner(handle: SqliteHandle, capability: string): OwnerRow | undefined {
  if (!hasTable(handle, 'banyan_owner')) return undefined
  const row = handle.row('SELECT owner, epoch, fence, intent FROM banyan_owner WHERE capability = ?', capability)
  if (row === undefined) return undefined
  const [owner, epoch, fence, intent] = row
  return {
    owner: ownerOf(owner),
    epoch: Number(epoch),
    fence: fence === 'observe' || fence === 'off' ? fence : 'enforce',
    intent: typeof intent === 'string' ? parseIntent(intent) : undefined,
  }
}

// JSON leaves out what is undefined.
function parseIntent(text: string): CutoverIntent {
  const intent = JSON.parse(text) as CutoverIntent
  return { ...intent, process: intent.process }
}

/** Creates the row of a capability that has none: owned by legacy, in epoch 0. */
export function createOwner(handle: SqliteHandle, capability: string): void {
  handle.exec(ownerTable)
  const sql = `INSERT OR IGNORE INTO banyan_owner (capability, owner, epoch, fence) VALUES (?, 'legacy', 0, 'enforce')`
  handle.run(sql, capability)
}

/** Writes owner and epoch where the row holds exactly `expected`. */
export function moveOwner(
  handle: SqliteHandle,
  capability: string,
  { expected, next }: { readonly expected: OwnerAt; readonly next: OwnerAt },
): boolean {
  if (!hasTable(handle, 'banyan_owner')) return false
  const sql = 'UPDATE banyan_owner SET owner = ?, epoch = ? WHERE capability = ? AND owner = ? AND epoch = ?'
  return handle.run(sql, next.owner, next.epoch, capability, expected.owner, expected.epoch) > 0
}

/** Writes the intent, or takes it away, where epoch and id of the present one are as expected. */
export function writeIntent(
  handle: SqliteHandle,
  capability: string,
  {
    expected,
    intent,
  }: {
    readonly expected: { readonly epoch: number; readonly id: string | undefined }
    readonly intent: CutoverIntent | undefined
  },
): boolean {
  const present = readOwner(handle, capability)
  if (present === undefined || present.epoch !== expected.epoch || present.intent?.id !== expected.id) return false
  const text = intent === undefined ? null : JSON.stringify(intent)
  handle.run('UPDATE banyan_owner SET intent = ? WHERE capability = ?', text, capability)
  return true
}

/** Sets what the fence does. */
export function writeFence(handle: SqliteHandle, capability: string, mode: FenceMode): void {
  handle.run('UPDATE banyan_owner SET fence = ? WHERE capability = ?', mode, capability)
}

/** Takes the row away, and the database table with the last. */
export function removeOwner(handle: SqliteHandle, capability: string): void {
  if (!hasTable(handle, 'banyan_owner')) return
  handle.run('DELETE FROM banyan_owner WHERE capability = ?', capability)
  if (handle.row('SELECT 1 FROM banyan_owner LIMIT 1') === undefined) handle.exec('DROP TABLE banyan_owner')
}

/** Throws `sync-epoch-passed` where an owner row does not name the arm other than `place` with this epoch; to be called within the transaction that it guards. */
export function assertEpoch(handle: SqliteHandle, { capability, arm }: Place, epoch: number | undefined): void {
  const present = readOwner(handle, capability)
  if (present === undefined) return
  const source = arm === 'service' ? 'legacy' : 'service'
  if (present.owner === source && present.epoch === epoch) return
  const begun = epoch === undefined ? 'before there was an owner' : `in epoch ${epoch}`
  throw new Fault(
    'sync-epoch-passed',
    `the sync of ${capability} to ${arm} was begun ${begun}, but by now its owner is ${present.owner} (epoch ${present.epoch})`,
    { hint: 'ownership has moved; a worker chooses its direction anew by itself', exitCode: exitCodes.refused },
  )
}

function ownerOf(value: unknown): Owner {
  return value === 'service' || value === 'moving' ? value : 'legacy'
}
