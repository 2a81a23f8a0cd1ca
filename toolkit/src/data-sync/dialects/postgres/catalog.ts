import { exitCodes, Fault } from '../../../base/index.ts'
import type { AggregateTables, ChildTable } from '../../capability.ts'
import type { PostgresConnection } from './connection.ts'
import { readShape, type TableShape } from './schema.ts'

/** The shapes of database tables, read once and kept until somebody says that they changed. */
export interface Catalog {
  /** Undefined when there is no such table. Reads it anew. */
  look(table: string): Promise<TableShape | undefined>
  /** Throws `sync-schema-differs` when there is no such table. */
  shape(table: string): Promise<TableShape>
  /** The shapes of an aggregate's tables. */
  shapes(tables: AggregateTables): Promise<AggregateShapes>
  /** To be called when a statement failed for a schema that differs. */
  forget(): void
}

/** A child's table, with its shape. */
export interface ChildShape extends ChildTable {
  readonly name: string
  readonly shape: TableShape
}

/** The database tables of an aggregate with their shapes. */
export interface AggregateShapes {
  readonly tables: AggregateTables
  readonly root: TableShape
  readonly children: readonly ChildShape[]
}

/** Reads shapes over a connection. */
export function buildCatalog(connection: PostgresConnection): Catalog {
  const known = new Map<string, TableShape>()
  const whole = new Map<AggregateTables, AggregateShapes>()

  async function look(table: string): Promise<TableShape | undefined> {
    const shape = await connection.read((session) => readShape(session, table))
    whole.clear()
    if (shape === undefined) known.delete(table)
    else known.set(table, shape)
    return shape
  }

  async function shape(table: string): Promise<TableShape> {
    const found = known.get(table) ?? (await look(table))
    if (found !== undefined) return found
    throw new Fault('sync-schema-differs', `${connection.label} has no table ${table}`, {
      hint: 'is it the right database, and is it migrated? The tables are those of the capability manifest',
      exitCode: exitCodes.invalidConfig,
    })
  }

  return {
    look,
    shape,
    shapes: async (tables) => {
      const seen = whole.get(tables)
      if (seen !== undefined) return seen
      const root = await shape(tables.root)
      const children: ChildShape[] = []
      for (const [name, child] of Object.entries(tables.children))
        children.push({ ...child, name, shape: await shape(child.table) })
      const shapes = { tables, root, children }
      whole.set(tables, shapes)
      return shapes
    },
    forget: () => {
      known.clear()
      whole.clear()
    },
  }
}
