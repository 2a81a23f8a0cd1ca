import type { Row } from '../../../anti-corruption/index.ts'
import type { AggregateKey } from '../../capability.ts'
import { keyColumns, keyIn, keyName, keyParts } from '../../key.ts'
import type { AggregateChange } from '../../ports/target.ts'
import type { AggregateShapes, ChildShape } from './catalog.ts'
import { among, keyShape } from './key-text.ts'
import type { TableShape } from './schema.ts'
import type { PostgresSession } from './session.ts'
import { type RowWrite, writeRows } from './write-rows.ts'

/** Writes aggregates in a few statements for all of them; throws what the constraints say. */
export async function writeAggregates(
  session: PostgresSession,
  shapes: AggregateShapes,
  changes: readonly AggregateChange[],
): Promise<void> {
  const gone = changes.filter(({ next }) => next === undefined).map(({ key }) => key)
  for (const child of shapes.children) {
    await deleteAmong(session, child.shape, { columns: child.by, keys: gone })
    await deleteStale(session, child, changes)
  }
  await deleteAmong(session, shapes.root, { columns: shapes.tables.key, keys: gone })
  const roots = changes.flatMap(({ next, before }) =>
    next === undefined ? [] : [{ row: next.root, held: before?.root }],
  )
  await writeRows(session, { shape: shapes.root, key: shapes.tables.key, writes: roots })
  for (const child of shapes.children) {
    const { shape, key } = child
    await writeRows(session, { shape, key, writes: childWrites(child, changes) })
  }
}

async function deleteAmong(
  session: PostgresSession,
  shape: TableShape,
  { columns, keys }: { readonly columns: string | readonly string[]; readonly keys: readonly AggregateKey[] },
): Promise<void> {
  if (keys.length === 0) return
  const { sql, parameters } = among(keyShape(shape, columns), keys)
  await session.run(`DELETE FROM ${shape.sql} WHERE ${sql}`, ...parameters)
}

// A child that another root of the batch brings has moved there: it is updated, not deleted.
async function deleteStale(
  session: PostgresSession,
  child: ChildShape,
  changes: readonly AggregateChange[],
): Promise<void> {
  const held = changes.flatMap(({ next, before }) => (next === undefined ? [] : (before?.children[child.name] ?? [])))
  if (held.length === 0) return
  const kept = new Set(
    changes.flatMap(({ next }) => (next?.children[child.name] ?? []).map((row) => nameOf(child, row))),
  )
  const columns = [...new Set([...keyColumns(child.key), ...keyColumns(child.by)])]
  const keys = held.filter((row) => !kept.has(nameOf(child, row))).map((row) => keyIn(row, columns))
  await deleteAmong(session, child.shape, { columns, keys: keys.filter((key) => key !== undefined) })
}

function childWrites(child: ChildShape, changes: readonly AggregateChange[]): readonly RowWrite[] {
  const held = new Map<string, Row>()
  for (const { before } of changes)
    for (const row of before?.children[child.name] ?? []) held.set(nameOf(child, row), row)
  const rows = changes.flatMap(({ next }) => next?.children[child.name] ?? [])
  return rows.map((row) => ({ row, held: held.size === 0 ? undefined : held.get(nameOf(child, row)) }))
}

function nameOf(child: ChildShape, row: Row): string {
  const key = keyIn(row, child.key)
  return key === undefined ? '' : keyName(keyParts(key))
}
