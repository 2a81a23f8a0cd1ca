import { messageOf } from '../../../base/index.ts'
import type { AggregateTables } from '../../capability.ts'
import type { AggregateChange, RefusedChange } from '../../ports/target.ts'
import { isConstraintError } from './fault.ts'
import type { SqliteHandle } from './handle.ts'
import { parkGroup, unparked } from './park.ts'
import { arrivingChildren, writeAggregates } from './writer.ts'

/** Saves what the constraints allow, each aggregate wholly or not at all; gives back what they refuse in whatever order it is tried. */
export function saveEach(
  handle: SqliteHandle,
  tables: AggregateTables,
  changes: readonly AggregateChange[],
): readonly RefusedChange[] {
  let pending = removalsFirst(changes)
  if (saveAtOnce(handle, tables, pending)) return []
  for (;;) {
    const refused = saveOneByOne(handle, tables, pending)
    if (refused.length === 0 || refused.length === pending.length) return refused
    pending = refused.map(({ change }) => change)
  }
}

function removalsFirst(changes: readonly AggregateChange[]): readonly AggregateChange[] {
  const removals = changes.filter(({ next }) => next === undefined)
  return removals.length === 0 ? changes : [...removals, ...changes.filter(({ next }) => next !== undefined)]
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
  return wholly(handle, tables, () => writeAggregates(handle, tables, { changes, arriving })) === undefined
}

function saveOneByOne(
  handle: SqliteHandle,
  tables: AggregateTables,
  changes: readonly AggregateChange[],
): RefusedChange[] {
  const arriving = arrivingChildren(tables, changes)
  const refused: RefusedChange[] = []
  for (const change of changes) {
    const reason = wholly(handle, tables, () => writeAggregates(handle, tables, { changes: [change], arriving }))
    if (reason !== undefined) refused.push({ change, reason })
  }
  return refused
}

// Aggregates without children are never written by halves: each is one statement, or part of one, and those that are saved already can be saved again.
// A savepoint keeps a copy of each page that it changes, which costs as much as the save itself.
function wholly(handle: SqliteHandle, tables: AggregateTables, work: () => void): string | undefined {
  return Object.keys(tables.children).length === 0 ? unlessRefused(work) : withinSavepoint(handle, work)
}

/** Runs `work`; when a constraint refuses it, takes back what it did and returns the database's words. */
function withinSavepoint(handle: SqliteHandle, work: () => void): string | undefined {
  handle.exec('SAVEPOINT banyan_save')
  const refusal = unlessRefused(work)
  if (refusal !== undefined) handle.exec('ROLLBACK TO banyan_save')
  handle.exec('RELEASE banyan_save')
  return refusal
}

/** Runs `work`; returns the database's words when a constraint refuses it. */
function unlessRefused(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (thrown) {
    if (isConstraintError(thrown)) return messageOf(thrown)
    throw thrown
  }
}
