import { messageOf } from '../../../base/index.ts'
import type { AggregateTables } from '../../capability.ts'
import type { AggregateChange, RefusedChange } from '../../ports/target.ts'
import { isConstraintError } from './fault.ts'
import type { SqliteHandle } from './handle.ts'
import { parkGroup, unparked } from './park.ts'
import { arrivingChildren, saveAggregate } from './writer.ts'

/** Saves what the constraints allow, each aggregate wholly or not at all; gives back what they refuse in whatever order it is tried. */
export function saveEach(
  handle: SqliteHandle,
  tables: AggregateTables,
  changes: readonly AggregateChange[],
): readonly RefusedChange[] {
  const removalsFirst = [...changes].sort((a, b) => Number(a.next !== undefined) - Number(b.next !== undefined))
  if (saveAtOnce(handle, tables, removalsFirst)) return []
  let pending: readonly AggregateChange[] = removalsFirst
  for (;;) {
    const refused = saveOneByOne(handle, tables, pending)
    if (refused.length === 0 || refused.length === pending.length) return refused
    pending = refused.map(({ change }) => change)
  }
}

/** Saves all or none, with the unique values of the whole group free to change hands. */
export function saveGroup(
  handle: SqliteHandle,
  tables: AggregateTables,
  changes: readonly AggregateChange[],
): readonly RefusedChange[] {
  handle.exec('SAVEPOINT banyan_group')
  parkGroup(handle, tables, changes)
  const refused = saveOneByOne(
    handle,
    tables,
    changes.map((change) => unparked(handle, tables, change)),
  )
  if (refused.length > 0) handle.exec('ROLLBACK TO banyan_group')
  handle.exec('RELEASE banyan_group')
  return refused
}

// The usual way: nothing conflicts, and a savepoint for each aggregate would cost more than the save itself.
function saveAtOnce(handle: SqliteHandle, tables: AggregateTables, changes: readonly AggregateChange[]): boolean {
  const arriving = arrivingChildren(tables, changes)
  const refusal = withinSavepoint(handle, () => {
    for (const change of changes) saveAggregate(handle, tables, change, arriving)
  })
  return refusal === undefined
}

function saveOneByOne(
  handle: SqliteHandle,
  tables: AggregateTables,
  changes: readonly AggregateChange[],
): RefusedChange[] {
  const arriving = arrivingChildren(tables, changes)
  const refused: RefusedChange[] = []
  for (const change of changes) {
    const reason = withinSavepoint(handle, () => saveAggregate(handle, tables, change, arriving))
    if (reason !== undefined) refused.push({ change, reason })
  }
  return refused
}

/** Runs `work`; when a constraint refuses it, takes back what it did and returns the database's words. */
function withinSavepoint(handle: SqliteHandle, work: () => void): string | undefined {
  handle.exec('SAVEPOINT banyan_save')
  try {
    work()
    handle.exec('RELEASE banyan_save')
    return undefined
  } catch (thrown) {
    if (!isConstraintError(thrown)) throw thrown
    handle.exec('ROLLBACK TO banyan_save')
    handle.exec('RELEASE banyan_save')
    return messageOf(thrown)
  }
}
