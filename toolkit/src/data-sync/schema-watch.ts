import { exitCodes, Fault } from '../base/index.ts'
import type { AggregateTables, CapabilityManifest } from './capability.ts'
import type { SyncDatabase } from './ports/database.ts'
import { missingIn, neededColumns } from './schema-check.ts'

/** Looks again and again whether the database tables of a capability are still those that a worker began with. */
export interface SchemaWatch {
  /**
   * Throws `sync-schema-changed` when a database table or column that the manifest names has gone, with what came in its place.
   * Returns what else was altered, each once: a column that the manifest does not name is no reason to stop.
   */
  look(): Promise<readonly string[]>
}

/** Watches both databases; what it sees at the first look is what it compares with. */
export function buildSchemaWatch(
  manifest: CapabilityManifest,
  databases: { readonly legacy: SyncDatabase; readonly service: SyncDatabase },
): SchemaWatch {
  const { legacy, service, translator } = manifest.aggregate
  const sides = [
    buildSide(databases.legacy, legacy, neededColumns(legacy, translator.columns?.legacy)),
    buildSide(databases.service, service, neededColumns(service, translator.columns?.service)),
  ]
  return {
    look: async () => {
      const notes: string[] = []
      for (const side of sides) notes.push(...(await side.look()))
      return notes
    },
  }
}

function buildSide(
  database: SyncDatabase,
  tables: AggregateTables,
  needed: ReadonlyMap<string, readonly string[]>,
): SchemaWatch {
  const seen = new Map<string, readonly string[]>()
  return {
    look: async () => {
      const notes: string[] = []
      const missing: string[] = []
      for (const [table, columns] of needed) {
        const present = await database.columnsOf(table)
        const before = seen.get(table) ?? present
        const added = (present ?? []).filter((column) => before?.includes(column) === false)
        const gone = missingIn(table, { present, columns })
        if (gone !== undefined) missing.push(added.length === 0 ? gone : `${gone} (new there: ${added.join(', ')})`)
        else if (added.length > 0) notes.push(`${database.label}: ${table} has a new column ${added.join(', ')}`)
        if (present !== undefined) seen.set(table, present)
      }
      if (missing.length > 0) throw changed(database, tables, missing)
      return notes
    },
  }
}

function changed(database: SyncDatabase, { root }: AggregateTables, missing: readonly string[]): Fault {
  return new Fault(
    'sync-schema-changed',
    `${database.label} was altered in mid-run: it lacks ${missing.join(' and ')}`,
    {
      hint: `nothing is lost: the checkpoint stands before it. Change manifest and translator of the aggregate of ${root} to the new schema (or take the alteration back), then start the worker again; it goes on from there`,
      exitCode: exitCodes.invalidConfig,
    },
  )
}
